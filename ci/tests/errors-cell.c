// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Cell configurations that are refused, while another cell, "inmate-test", has
 * the CPUs 2 and 3, interrupt 34 and memory of its own: said why, and nothing
 * has changed. The tables of validator and of what cells cannot both have are in
 * hypervisor/tests/config/cases.inc: few rows show that their sentences arrive.
 */

#include <errno.h>
#include <string.h>

#include <kselftest_harness.h>

#include <cellblock/config.h>
#include <qemu-virt/board.h>
#include "lib/cellblock.h"
#include "lib/errors.h"

/* What the test before has left as it should be, serves this one. */
SPOILT_FIXTURE(create)
{
	err_note(&self->before);
	if (strcmp(self->before.cells, "0 qemu-arm64: running, CPUs 0-1; "
				       "1 inmate-test: shut down, CPUs 2-3; ")) {
		ALL_WELL(err_begin(true));
		ASSERT_LT(0, cb_create("inmate-test")) TH_LOG("%s", cb_error());
		err_note(&self->before);
	}
	ASSERT_TRUE(err_read_config(&self->c, "timer-demo"));
}

#define REFUSED(...)	SPOILT(create, __VA_ARGS__)

/* A good section on shared CPUs, but that it names none */
static struct cellblock_sharing *share(struct err_config *c)
{
	const struct cellblock_sharing good = { .budget = 1000, .period = 10000 };

	c->cell.flags |= JAILHOUSE_CELL_SHARES_CPUS;
	c->size = config_size(&c->cell);
	return memcpy(c->bytes + config_sharing_offset(&c->cell), &good, sizeof(good));
}

/* what it is */
REFUSED(empty, c->size = 0, EINVAL, "0 bytes", "header alone 132");
REFUSED(half_a_header, c->size = 131, EINVAL, "131 bytes", "header alone 132");
REFUSED(truncated, c->size--, EINVAL, "truncated", "its counts make");
REFUSED(header_only, c->size = sizeof(c->cell), EINVAL, "132 bytes", "truncated");
REFUSED(huge, c->size = 0xfffff000, E2BIG, "at most 65536");
REFUSED(signature, c->bytes[0] = 0, EINVAL, "not a cell configuration", "JHCLL");
REFUSED(a_system, err_read_config(c, NULL), EINVAL, "not a cell configuration");
REFUSED(revision, c->cell.revision = 15, EINVAL, "revision 15", "needs 14");
REFUSED(architecture, c->cell.architecture = JAILHOUSE_X86, EINVAL, "architecture 0", "arm64");
REFUSED(no_name, c->cell.name[0] = 0, EINVAL, "name", "empty");
REFUSED(endless_name, memset(c->cell.name, 'x', 32), EINVAL, "name", "not terminated");
REFUSED(name_with_escape, c->cell.name[2] = 27, EINVAL, "name", "not printable");
REFUSED(neighbours_name, strcpy(c->cell.name, "inmate-test"), EEXIST, "\"inmate-test\"", "exists");

/* counts */
#define COUNTS	"truncated", "counts make"
REFUSED(one_region_more, c->cell.num_memory_regions++, EINVAL, COUNTS);
REFUSED(all_counts, memset(&c->cell.cpu_set_size, 0xff, 32), EINVAL, COUNTS);

/* the section on shared CPUs */
static void endless(struct err_config *c)
{
	struct cellblock_sharing *sharing = share(c);

	sharing->policy = CELLBLOCK_SHARE_CYCLIC;
	sharing->num_slots = ~0U;
}

REFUSED(no_sharing, c->cell.flags |= JAILHOUSE_CELL_SHARES_CPUS, EINVAL, COUNTS);
REFUSED(half_a_sharing, share(c)->cpus = 1; c->size--, EINVAL, COUNTS);
REFUSED(no_period, share(c)->period = 0, EINVAL, "shared CPUs: ", "period");
REFUSED(endless_slots, share(c)->num_slots = ~0U, EINVAL, "shared CPUs: ", "1 to 16 slots");
REFUSED(endless_plan, endless(c), EINVAL, "shared CPUs: ", "1 to 16 slots");
REFUSED(no_cpu_at_all, *err_cpus(c) = 0; share(c), EINVAL, "names no CPU");
REFUSED(own_and_shared, share(c)->cpus = 2, EINVAL, "CPU 1 is shared, and");
REFUSED(shared_cpu_63, share(c)->cpus = 1ULL << 63, EINVAL, "CPU 63", "does not exist");
REFUSED(neighbours_shared_cpu, share(c)->cpus = 4, EBUSY, "CPU 2", "belongs to", "\"inmate-test\"");

/* CPUs */
REFUSED(no_cpu, *err_cpus(c) = 0, EINVAL, "names no CPU");
REFUSED(cpu_4, *err_cpus(c) |= 1 << 4, EINVAL, "CPU 4", "does not exist", "0-3");
REFUSED(cpu_63, *err_cpus(c) |= 1ULL << 63, EINVAL, "CPU 63", "does not exist");
REFUSED(cpu_8191, *err_widen_cpus(c, 1016) = 0x80, EINVAL, "CPU 8191", "does not exist");
REFUSED(neighbours_cpu, *err_cpus(c) = 6, EBUSY, "CPU 2", "belongs to", "\"inmate-test\"");
REFUSED(roots_last_cpu, *err_cpus(c) = 3, EBUSY, "last", "Linux");

/* memory regions: 0 is RAM */
#define MEM	err_mem(c, 0)

static struct jailhouse_memory *add_io(struct err_config *c, uint64_t phys, uint64_t size)
{
	struct jailhouse_memory *mem = err_add_mem(c);

	mem->phys_start = mem->virt_start = phys;
	mem->size = size;
	mem->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO;
	return mem;
}

REFUSED(start_unaligned, MEM->phys_start += 0x800, EINVAL, "0x71000800", "multiples of 0x1000");
REFUSED(region_flags, MEM->flags |= 1ULL << 63, EINVAL, "region 0", "unknown flags");
REFUSED(on_hypervisor, (MEM->phys_start = QEMU_HV_BASE, MEM->size = 0x1000), EBUSY, "0x70000000",
	"the hypervisor");
REFUSED(end_on_hypervisor, MEM->phys_start = QEMU_HV_BASE - QEMU_CELL_SIZE + 0x1000, EBUSY,
	"0x70000000-0x70000fff", "belongs to the hypervisor");
REFUSED(hypervisor_as_device, add_io(c, QEMU_HV_BASE + 0x3ff000, 0x1000), EBUSY,
	"0x703ff000-0x703fffff belongs to the hypervisor");
#define NEIGHBOURS_RAM	"overlaps region 0 of cell \"inmate-test\""
REFUSED(on_neighbour, MEM->phys_start = QEMU_CELL_BASE(3), EBUSY,
	"memory region 0", NEIGHBOURS_RAM, "physical 0x74000000, 0x1000000 bytes");
REFUSED(neighbours_device, add_io(c, QEMU_RTC_BASE, 0x1000), EBUSY, "region 3",
	"\"inmate-test\"");
REFUSED(neighbours_subpage, add_io(c, QEMU_RTC_BASE, 4)->flags |= JAILHOUSE_MEM_IO_32, EBUSY,
	"region 3", "\"inmate-test\"");
REFUSED(phys_wraps, MEM->phys_start = -0x1000ULL, EINVAL, "region 0", "address space");
REFUSED(phys_too_high, MEM->phys_start = 1ULL << 48, EINVAL, "0x1000000000000");
REFUSED(behind_ram, MEM->phys_start = 0xc0000000, EINVAL, "no memory at 0xc0000000-0xc0ffffff");
REFUSED(partly_behind_ram, MEM->phys_start = 0xbfff0000, EBUSY, "cannot give up",
	"\"reserved\" in /proc/iomem");
REFUSED(on_kernel, MEM->phys_start = err_iomem("Kernel code") & ~0xfffULL, EBUSY,
	"cannot give up", "in /proc/iomem");
REFUSED(on_kernels_data, MEM->phys_start = err_iomem("Kernel data"), EBUSY,
	"cannot give up", "in /proc/iomem");
REFUSED(overlap_phys, (*err_add_mem(c) = *MEM, err_mem(c, 3)->virt_start = 0x10000000), EBUSY,
	"0x71000000", "\"timer-demo\"");
REFUSED(gicd, add_io(c, QEMU_GICD_BASE, 0x10000), EINVAL, "region 3", "the GIC", "0x8000000");

/* interrupts */
static struct jailhouse_irqchip *add_irq(struct err_config *c, unsigned int intid)
{
	struct jailhouse_irqchip *chip = err_add_irqchip(c);

	chip->address = QEMU_GICD_BASE;
	chip->pin_base = intid & ~31U;
	chip->pin_bitmap[0] = 1U << intid % 32;
	return chip;
}

REFUSED(neighbours_interrupt, add_irq(c, 34), EBUSY, "interrupt 34", "\"inmate-test\"");
REFUSED(no_ones_interrupt, add_irq(c, 320), EINVAL, "interrupt 320", "system configuration");

/* PCI */
REFUSED(pci_twice, (err_add_pci(c)->type = 1, err_add_pci(c)->type = 2), EINVAL, "0 and 1",
	"same address");

/* Root's link "msix" (qemu-virt/links.h), of which the cell could be peer 1 */
#define LINK		0x70450000ULL
#define LINK_SECTION	0x10000
#define LINK_REGION	3	/* after the cell's own */

static void add_section(struct err_config *c, uint64_t start, uint64_t flags)
{
	struct jailhouse_memory *mem = err_add_mem(c);

	mem->phys_start = mem->virt_start = start;
	mem->size = LINK_SECTION;
	mem->flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | flags;
}

/* As root has it */
static void add_link(struct err_config *c)
{
	add_section(c, LINK, 0);
	add_section(c, LINK + LINK_SECTION, JAILHOUSE_MEM_WRITE);
	add_section(c, LINK + 2 * LINK_SECTION, JAILHOUSE_MEM_WRITE);
	add_section(c, LINK + 3 * LINK_SECTION, 0);
	*err_add_pci(c) = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM,
		.bdf = 3 << 3,
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX,
		.num_msix_vectors = 2,
		.shmem_regions_start = LINK_REGION,
		.shmem_peers = 2,
	};
}

REFUSED(links_memory, (MEM->phys_start = LINK, MEM->size = 0x1000), EBUSY, "memory region 0",
	"overlaps region", "of cell \"qemu-arm64\": physical 0x70450000, 0x1000 bytes");
REFUSED(link_same_peer, add_link(c), EBUSY, "00:03.0", "\"qemu-arm64\" has it as the same peer");

TEST_F(create, refused)
{
	variant->spoil(&self->c);
	ALL_WELL(err_refused(cb_create_raw(self->c.bytes, self->c.size), variant->error,
			     variant->words));
	ALL_WELL(err_changed(&self->before));
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
