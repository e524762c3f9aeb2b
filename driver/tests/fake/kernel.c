// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <asm/cpufeature.h>
#include <asm/sysreg.h>
#include <asm/virt.h>
#include <linux/acpi.h>
#include <linux/arm-smccc.h>
#include <linux/cpu.h>
#include <linux/of.h>
#include <linux/sched/isolation.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "error.h"

struct fake_linux fake_linux;

int error_set(struct jailhouse_error *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return code;
}

bool is_kernel_in_hyp_mode(void)
{
	return fake_linux.at_el2;
}

enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void)
{
	return fake_linux.conduit;
}

struct acpi_table_fadt fake_fadt(void)
{
	return (struct acpi_table_fadt) {
		.arm_boot_flags = fake_linux.acpi_says_hvc ? ACPI_FADT_PSCI_USE_HVC : 0,
	};
}

struct device_node *of_find_node_by_name(struct device_node *from, const char *name)
{
	(void)from;
	return strcmp(name, "psci") ? NULL : (struct device_node *)&fake_linux;
}

int of_property_read_string(const struct device_node *node, const char *property,
			    const char **value)
{
	if (!node || strcmp(property, "method") || !fake_linux.psci_method)
		return -1;
	*value = fake_linux.psci_method;
	return 0;
}

void of_node_put(struct device_node *node)
{
	(void)node;
}

u64 fake_id_aa64pfr0_el1(void)
{
	return fake_linux.id_aa64pfr0_el1;
}

bool system_uses_irq_prio_masking(void)
{
	return fake_linux.masks_by_priority;
}

static unsigned int this_cpu;

unsigned int smp_processor_id(void)
{
	return this_cpu;
}

void on_each_cpu(void (*fn)(void *info), void *info, int wait)
{
	(void)wait;
	for (this_cpu = 0; this_cpu < FAKE_CPUS; this_cpu++)
		fn(info);
	this_cpu = 0;
}

u64 fake_cntfrq_el0(void)
{
	return fake_linux.cntfrq_el0[this_cpu];
}

struct task_struct fake_threads[2];

struct device *get_cpu_device(unsigned int cpu)
{
	static struct cpu cpus[FAKE_CPUS];

	cpus[cpu].hotpluggable = !fake_linux.not_hotpluggable;
	cpus[cpu].dev.offline_disabled = fake_linux.never_offline;
	return &cpus[cpu].dev;
}

const struct cpumask *fake_housekeeping(enum hk_type type)
{
	static struct cpumask mask;

	mask.bits = fake_linux.housekeeping[type] ? fake_linux.housekeeping[type] : ~0UL;
	return &mask;
}
