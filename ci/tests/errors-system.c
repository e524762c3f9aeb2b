// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* System configurations that cannot be enabled: said why, and nothing has changed */

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
REFUSED(a_cells, c->bytes[2] = 'C', EINVAL, "not a system configuration");
REFUSED(revision, c->sys.revision = 13, EINVAL, "revision 13", "needs 14");
REFUSED(architecture, c->sys.architecture = JAILHOUSE_ARM, EINVAL, "architecture 1", "arm64");
REFUSED(no_name, ROOT.name[0] = 0, EINVAL, "name", "empty");
REFUSED(endless_name, memset(ROOT.name, 'x', sizeof(ROOT.name)), EINVAL, "name", "not terminated");
REFUSED(name_with_newline, ROOT.name[2] = '\n', EINVAL, "name", "not printable");
REFUSED(cell_flags, ROOT.flags |= 1 << 28, EINVAL, "unknown cell flags 0x10000000");
REFUSED(aarch32, ROOT.flags |= JAILHOUSE_CELL_AARCH32, EINVAL, "32-bit");

/* counts */
REFUSED(cpu_set_size, ROOT.cpu_set_size = ~0U, E2BIG, "counts", "bytes");
REFUSED(regions, ROOT.num_memory_regions = ~0U, E2BIG, "counts");
/* times the size of an element, 2^32 */
REFUSED(regions_wrap, ROOT.num_memory_regions = 1U << 27, E2BIG, "counts");
REFUSED(irqchips_wrap, ROOT.num_irqchips = 1U << 27, E2BIG, "counts");
REFUSED(pci_devices, ROOT.num_pci_devices = ~0U, E2BIG, "counts");
REFUSED(stream_ids_wrap, ROOT.num_stream_ids = 1U << 30, E2BIG, "counts");
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
REFUSED(region_start_unaligned, MEM->phys_start += 0x10, EINVAL, "memory region 0", "page-aligned");
REFUSED(region_size_unaligned, MEM->size -= 4, EINVAL, "memory region 0", "page-aligned");
REFUSED(region_on_hypervisor, MEM->size += 0x1000, EINVAL, "region 0", "the hypervisor");
REFUSED(region_twice, *err_add_mem(c) = *MEM, EINVAL, "regions 0 and 34 overlap");
REFUSED(region_wraps, MEM->phys_start = -0x1000ULL, EINVAL, "region 0", "beyond 48-bit");
REFUSED(region_too_high, MEM->virt_start = (1ULL << 48) - 0x1000, EINVAL, "region 0", "48-bit");
REFUSED(region_flags, MEM->flags |= 1ULL << 40, EINVAL, "region 0", "unknown flags 0x10000000000");
REFUSED(region_comm, MEM->flags |= JAILHOUSE_MEM_COMM_REGION, EINVAL, "region 0", "communication");

/* interrupts */
#define CHIP	err_irqchip(c, 0)
static void hypervisors_interrupt(struct err_config *c)
{
	CHIP->pin_base = 0;
	memset(CHIP->pin_bitmap, 0, sizeof(CHIP->pin_bitmap));
	CHIP->pin_bitmap[0] = 1 << QEMU_GIC_MAINTENANCE_IRQ;
}
FIXTURE_VARIANT_ADD(enable, hypervisors_interrupt) {
	.spoil = hypervisors_interrupt, .error = EINVAL, .words = { "irqchip 0", "interrupt 25" }
};
REFUSED(pin_base, CHIP->pin_base = 33, EINVAL, "irqchip 0", "pin_base 33");
REFUSED(interrupt_too_high, CHIP->pin_base = 992, EINVAL, "irqchip 0", "interrupt 1020");
REFUSED(interrupt_twice, err_irqchip(c, 1)->pin_base = 64, EINVAL, "interrupt 64", "two irqchips");
REFUSED(other_irqchip, CHIP->address = 0x0a000000, EINVAL, "irqchip 0", "GIC", "0x8000000");

/* another GIC */
REFUSED(gicc_nowhere, ARM.gic_version = 2, EINVAL, "GICC 0x0");
static void gic_of_version_2(struct err_config *c)
{
	ARM.gic_version = 2;
	ARM.gicc_base = ARM.gicd_base + 0x10000;
}
FIXTURE_VARIANT_ADD(enable, gic_of_version_2) {
	.spoil = gic_of_version_2, .error = ENODEV, .words = { "says GICv2", "have a GICv3's registers" }
};
REFUSED(gicd_nowhere, ARM.gicd_base = 0, EINVAL, "GICD 0x0");
REFUSED(gicd_unaligned, ARM.gicd_base += 0x1000, EINVAL, "GICD 0x8001000");
REFUSED(gicd_too_high, ARM.gicd_base = 1ULL << 50, EINVAL, "GICD 0x4000000000000");
REFUSED(gicr_unaligned, ARM.gicr_base += 0x1000, EINVAL, "GICR 0x80a1000");

static void move_gicd(struct err_config *c, uint64_t base)
{
	ARM.gicd_base = base;
	CHIP->address = base;
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
REFUSED(console_ports, CON.flags &= ~JAILHOUSE_CON_ACCESS_MMIO, EINVAL, "debug console", "MMIO");
REFUSED(console_elsewhere, CON.address = 0x08010000, ENODEV, "no device answers", "console");
REFUSED(console_too_high, CON.address = -0x1000ULL, EINVAL, "debug console", "address");

TEST_F(enable, refused)
{
	variant->spoil(&self->c);
	ALL_WELL(err_refused(cb_enable_raw(self->c.bytes), variant->error, variant->words));
	ALL_WELL(err_changed(&self->before));
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
