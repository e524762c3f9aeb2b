// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What existing configurations have and the validator refuses, though it gives nothing to
 * two owners: left out of a copy, and told. Part of the driver, which hands the copy on,
 * and of the command, which checks it; the hypervisor itself has nothing of this.
 */

#include <config/config.h>
#include <lib/string.h>
#include <jailhouse/ivshmem.h>

/* The arrays of a copy */
#define COPY(array)	((void *)(uintptr_t)(array))

static bool is_empty(const struct jailhouse_irqchip *chip)
{
	return !(chip->pin_bitmap[0] | chip->pin_bitmap[1] | chip->pin_bitmap[2] |
		 chip->pin_bitmap[3]);
}

/* Has it an interrupt of the GIC's? */
static bool has_gic(const struct jailhouse_cell_desc *desc, u64 gicd)
{
	const struct jailhouse_irqchip *chip;

	for_each_irqchip(chip, desc)
		if (chip->address == gicd && !is_empty(chip))
			return true;
	return false;
}

static void adapt_irqchips(struct jailhouse_cell_desc *desc, u64 gicd, config_tell *tell)
{
	struct jailhouse_irqchip *chips = COPY(config_irqchips(desc));
	unsigned int n;

	for (n = 0; n < desc->num_irqchips; n++) {
		if (chips[n].address == gicd && (!is_empty(&chips[n]) || !(chips[n].pin_base % 32)))
			continue;
		if (is_empty(&chips[n]))
			tell(desc, "irqchip %u is empty: skipped", n);
		else
			tell(desc, "irqchip %u is at 0x%llx, where the GIC (0x%llx) is not: skipped",
			     n, chips[n].address, gicd);
		memset(&chips[n], 0, sizeof(chips[n]));
		chips[n].address = gicd;
		chips[n].pin_base = 32;
	}
}

static void adapt_links(struct jailhouse_cell_desc *desc, config_tell *tell)
{
	struct jailhouse_pci_device *dev = COPY(config_pci_devices(desc));
	unsigned int n;
	u32 spi;

	for (n = 0; n < desc->num_pci_devices; n++) {
		if (!config_is_link(&dev[n]))
			continue;
		spi = config_pci_intid(desc, &dev[n]) - 32;
		if (dev[n].shmem_peers >= IVSHMEM_MIN_PEERS &&
		    dev[n].shmem_dev_id >= dev[n].shmem_peers) {
			tell(desc, "PCI device %u is peer %u of a link with the peers 0 to %u: left out",
			     n, dev[n].shmem_dev_id, dev[n].shmem_peers - 1);
			dev[n].type = JAILHOUSE_PCI_TYPE_DEVICE;
		} else if (!dev[n].num_msix_vectors && !config_has_irq(desc, 32 + spi)) {
			tell(desc, "PCI device %u gets no interrupts: its own is SPI %u (vpci_irq_base %u), which no irqchip of the cell has",
			     n, spi, desc->vpci_irq_base);
		}
	}
}

/* What two regions may differ in and still be one. */
#define ACCESS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | \
		 JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE)

static bool is_plain(const struct jailhouse_cell_desc *desc, const struct jailhouse_memory *mem)
{
	return mem->phys_start == mem->virt_start && !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
	       mem->phys_start + mem->size > mem->phys_start && !config_is_section(desc, mem);
}

/* Of what both have, @b has nothing any more; the whole of one inside the other is one. */
static void join(struct jailhouse_memory *a, struct jailhouse_memory *b)
{
	u64 a_end = a->phys_start + a->size, b_end = b->phys_start + b->size;

	if (b->phys_start >= a->phys_start && b_end <= a_end) {
		a->flags |= b->flags;
		memset(b, 0, sizeof(*b));
	} else if (a->phys_start >= b->phys_start && a_end <= b_end) {
		b->flags |= a->flags;
		memset(a, 0, sizeof(*a));
	} else if (b->phys_start < a->phys_start) {
		b->size = a->phys_start - b->phys_start;
	} else {
		b->size = b_end - a_end;
		b->phys_start = b->virt_start = a_end;
	}
}

static void adapt_regions(struct jailhouse_cell_desc *root, config_tell *tell)
{
	struct jailhouse_memory *mem = COPY(config_mem_regions(root));
	unsigned int n, m;

	for (n = 0; n < root->num_memory_regions; n++)
		for (m = 0; m < n; m++) {
			if (!config_mem_overlap(&mem[m], &mem[n]) ||
			    !is_plain(root, &mem[m]) || !is_plain(root, &mem[n]) ||
			    (mem[m].flags ^ mem[n].flags) & ~(u64)ACCESS)
				continue;
			tell(root, "memory regions %u and %u overlap, and both map what is there to the same address: taken as one",
			     m, n);
			join(&mem[m], &mem[n]);
		}
}

void config_adapt_system(struct jailhouse_system *sys, config_tell *tell)
{
	/* without any interrupt Linux would not go on: that is refused */
	if (has_gic(&sys->root_cell, sys->platform_info.arm.gicd_base))
		adapt_irqchips(&sys->root_cell, sys->platform_info.arm.gicd_base, tell);
	adapt_links(&sys->root_cell, tell);
	adapt_regions(&sys->root_cell, tell);
}

void config_adapt_cell(const struct jailhouse_system *sys, struct jailhouse_cell_desc *desc,
		       config_tell *tell)
{
	adapt_irqchips(desc, sys->platform_info.arm.gicd_base, tell);
	adapt_links(desc, tell);
}
