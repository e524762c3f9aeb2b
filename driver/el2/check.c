// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/errno.h>
#include <linux/of.h>
#include <linux/smp.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>

#include <jailhouse/cell-config.h>

#include "el2/check.h"
#include "error.h"

#ifdef CONFIG_ACPI
static bool acpi_says_smc(void)
{
	return !(acpi_gbl_FADT.arm_boot_flags & ACPI_FADT_PSCI_USE_HVC);
}
#else
static bool acpi_says_smc(void)
{
	return false;
}
#endif

/*
 * Linux calls its firmware by SMC if it was started at EL2, by HVC if something
 * else is there. Firmware before SMCCC 1.1 leaves it to the device tree or ACPI.
 */
static bool calls_by_smc(void)
{
	struct device_node *psci;
	const char *method;
	bool smc = false;

	if (arm_smccc_1_1_get_conduit() != SMCCC_CONDUIT_NONE)
		return arm_smccc_1_1_get_conduit() == SMCCC_CONDUIT_SMC;
	if (!acpi_disabled)
		return acpi_says_smc();
	psci = of_find_node_by_name(NULL, "psci");
	if (!of_property_read_string(psci, "method", &method))
		smc = !strcmp(method, "smc");
	of_node_put(psci);
	return smc;
}

int check_el2(struct jailhouse_error *err)
{
	if (is_kernel_in_hyp_mode())
		return error_set(err, -ENODEV, "Linux itself runs at EL2 (VHE): start it with the kernel parameter kvm-arm.mode=nvhe");
	if (!calls_by_smc() || !(read_sysreg(id_aa64pfr0_el1) >> 8 & 0xf))
		return error_set(err, -ENODEV, "Linux does not have EL2: it was started at EL1, as a guest or by its firmware (with QEMU: -M virt,virtualization=on)");
	return 0;
}

/* Some firmware forgets the CPUs that it does not boot on. */
static void note_if_unknown(void *cpu)
{
	if (!read_sysreg(cntfrq_el0))
		*(int *)cpu = (int)smp_processor_id();
}

int check_counter(struct jailhouse_error *err)
{
	int cpu = -1;

	on_each_cpu(note_if_unknown, &cpu, 1);
	if (cpu < 0)
		return 0;
	return error_set(err, -ENODEV, "CNTFRQ_EL0 of CPU %d is 0: firmware must write the system counter's frequency there, on each CPU",
			 cpu);
}

u32 check_masking(void)
{
	return system_uses_irq_prio_masking() ? JAILHOUSE_CELL_GIC_PMR : 0;
}
