// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * System configurations that cannot be enabled: said why, and nothing has changed. The validator's own
 * table is hypervisor/tests/config/cases.inc: one row shows that its sentence arrives.
 */

#include <errno.h>
#include <string.h>

#include <kselftest_harness.h>

#include <qemu-virt/board.h>
#include "lib/cellblock.h"
#include "lib/errors.h"

SPOILT_FIXTURE(enable)
{
	ALL_WELL(err_begin(false));
	ASSERT_TRUE(err_read_config(&self->c, NULL));
	err_note(&self->before);
}

#define REFUSED(...)	SPOILT(enable, __VA_ARGS__)

#define ARM	c->sys.platform_info.arm
#define HV	c->sys.hypervisor_memory
#define ROOT	c->sys.root_cell

/* what it is */
REFUSED(signature, c->bytes[4] = 'X', EINVAL, "not a system configuration", "JHSYS");
REFUSED(revision, c->sys.revision = 13, EINVAL, "revision 13", "needs 14");
REFUSED(no_name, ROOT.name[0] = 0, EINVAL, "name", "empty");

/* counts */
/* times the size of an element, 2^32 */
REFUSED(regions_wrap, ROOT.num_memory_regions = 1U << 27, E2BIG, "counts");
static void all_counts(struct err_config *c)
{
	memset(&ROOT.cpu_set_size, 0xff, 8 * sizeof(ROOT.cpu_set_size));
}
FIXTURE_VARIANT_ADD(enable, all_counts) {
	.spoil = all_counts, .error = E2BIG, .words = { "counts" }
};

/* the hypervisor's memory */
REFUSED(hv_empty, HV.size = 0, EINVAL, "hypervisor memory");
REFUSED(hv_start_unaligned, HV.phys_start += 0x800, EINVAL, "hypervisor memory", "multiples");
REFUSED(hv_size_unaligned, HV.size += 0x800, EINVAL, "hypervisor memory", "multiples");
REFUSED(hv_wraps, HV.phys_start = -0x2000ULL, EINVAL, "hypervisor memory");
REFUSED(hv_far_away, HV.phys_start = 1ULL << 50, EINVAL, "0x4000000000000", "must be below 0x7f80000000");
REFUSED(hv_at_the_limit, HV.phys_start = 0x7f80000000 - HV.size, EINVAL, "no memory at 0x7f7fc00000");
REFUSED(hv_over_the_limit, HV.phys_start = 0x7f80000000 - HV.size + 0x1000, EINVAL, "must be below 0x7f80000000");
REFUSED(hv_is_a_device, HV.phys_start = QEMU_UART_BASE, EINVAL, "no memory at 0x9000000");
REFUSED(hv_behind_ram, HV.phys_start = 0xc0000000, EINVAL, "no memory at 0xc0000000");
REFUSED(hv_tiny, HV.size = 0x4000, ENOMEM, "too small", "KiB");
REFUSED(hv_small, HV.size = 0x28000, ENOMEM, "hypervisor memory", "enlarge");
REFUSED(hv_on_kernel, HV.phys_start = err_iomem("Kernel code") & ~0x1fffffULL, EBUSY,
	"cannot give up", "in /proc/iomem");

/* CPUs */
REFUSED(one_cpu_less, *err_cpus(c) = 0x7, EINVAL, "CPU 3 is online in Linux", "missing", "0-2");
REFUSED(cpu_in_the_middle, *err_cpus(c) = 0xd, EINVAL, "CPU 1", "missing", "0,2-3");
REFUSED(one_cpu_more, *err_cpus(c) = 0x1f, EINVAL, "CPU 4", "does not exist", "0-3");
REFUSED(cpu_63, *err_cpus(c) |= 1ULL << 63, EINVAL, "CPU 63", "does not exist");
REFUSED(cpu_8191, *err_widen_cpus(c, 1016) = 0x80, EINVAL, "CPU 8191", "does not exist");
REFUSED(no_cpu, *err_cpus(c) = 0, EINVAL, "names no CPU");

/* memory regions */
#define MEM	err_mem(c, 0)
REFUSED(region_on_hypervisor, MEM->size += 0x1000, EINVAL, "region 0", "the hypervisor");
REFUSED(region_flags, MEM->flags |= 1ULL << 40, EINVAL, "region 0", "unknown flags 0x10000000000");

/* another GIC */
static void gic_of_version_2(struct err_config *c)
{
	ARM.gic_version = 2;
	ARM.gicc_base = ARM.gicd_base + 0x10000;
}
FIXTURE_VARIANT_ADD(enable, gic_of_version_2) {
	.spoil = gic_of_version_2, .error = ENODEV, .words = { "says GICv2", "have a GICv3's registers" }
};

static void move_gicd(struct err_config *c, uint64_t base)
{
	ARM.gicd_base = base;
	err_irqchip(c, 0)->address = base;
	err_irqchip(c, 1)->address = base;
}
/* Where nobody writes: all zero */
#define FLASH	0x04000000
/* 4 KiB of registers: there is nothing where PIDR2 would be */
REFUSED(gicd_is_a_uart, move_gicd(c, QEMU_UART_BASE), ENODEV, "no device answers at 0x900ffe8");
REFUSED(gicd_is_flash, move_gicd(c, FLASH), ENODEV, "no GICv3", "gicd_base 0x4000000");
REFUSED(gicr_is_a_uart, ARM.gicr_base = QEMU_UART_BASE, ENODEV, "no device answers at 0x9");
REFUSED(gicr_is_flash, ARM.gicr_base = FLASH, ENODEV, "no redistributor", "0x4000000");
REFUSED(gicr_second, ARM.gicr_base += 0x20000, ENODEV, "no redistributor", "CPU 0", "gicr_base");

/* console */
#define CON	c->sys.debug_console
REFUSED(console_elsewhere, CON.address = 0x08010000, ENODEV, "no device answers", "console");

TEST_F(enable, refused)
{
	variant->spoil(&self->c);
	ALL_WELL(err_refused(cb_enable_raw(self->c.bytes), variant->error, variant->words));
	ALL_WELL(err_changed(&self->before));
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
