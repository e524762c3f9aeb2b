// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Checks of valid configurations against each other. */

#include <cellblock/loader.h>
#include <config/config.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

static int check_cpus(const struct jailhouse_cell_desc *root,
		      const struct jailhouse_cell_desc *desc)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		if (config_has_cpu(desc, cpu) && !config_has_cpu(root, cpu))
			return refuse(-EINVAL,
				      "CPU %u is not in the system configuration",
				      cpu);
	return 0;
}

static int check_irqs(const struct jailhouse_system *sys,
		      const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_irqchip *chip = config_irqchips(desc);
	u64 gicd = sys->platform_info.arm.gicd_base;
	unsigned int n, w;
	u32 foreign;

	for (n = 0; n < desc->num_irqchips; n++, chip++) {
		if (chip->address != gicd)
			return refuse(-EINVAL,
				      "irqchip %u: address is not that of the GIC (0x%llx)",
				      n, gicd);
		for (w = 0; w < ARRAY_SIZE(chip->pin_bitmap); w++) {
			if (!chip->pin_bitmap[w])
				continue;
			foreign = chip->pin_bitmap[w] &
				~config_irq_word(&sys->root_cell,
					  chip->pin_base / 32 + w);
			if (foreign)
				return refuse(-EINVAL,
					      "interrupt %u is not in the system configuration",
					      chip->pin_base + 32 * w +
					      (unsigned int)__builtin_ctz(foreign));
		}
	}
	return 0;
}

/* All redistributors, whatever CPUs have them. */
static u64 gicr_size(const struct jailhouse_system *sys)
{
	unsigned int cpu, num = 0;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		num += config_has_cpu(&sys->root_cell, cpu);
	return num * CONFIG_GICR_SIZE;
}

/* Neither mapped for the cell, nor hidden behind something else. */
static int check_gic_place(const struct jailhouse_memory *mem, unsigned int n,
			   u64 gic, u64 size)
{
	bool comm = mem->flags & JAILHOUSE_MEM_COMM_REGION;

	if (config_overlap(mem->virt_start, mem->size, gic, size) ||
	    (!comm && config_overlap(mem->phys_start, mem->size, gic, size)))
		return refuse(-EINVAL,
			      "memory region %u overlaps the GIC (0x%llx)",
			      n, gic);
	return 0;
}

/* A region shared with root is all root's, or nothing of it is. */
static int check_shared(const struct jailhouse_cell_desc *root,
			const struct jailhouse_memory *mem, unsigned int n)
{
	const struct jailhouse_memory *r;

	for_each_mem(r, root)
		if (config_mem_overlap(r, mem) &&
		    (mem->phys_start < r->phys_start ||
		     mem->phys_start - r->phys_start > r->size - mem->size ||
		     mem->size > r->size))
			return refuse(-EINVAL,
				      "memory region %u: partly in the root cell's region at 0x%llx",
				      n, r->phys_start);
	return 0;
}

static int check_region(const struct jailhouse_system *sys,
			const struct jailhouse_memory *mem, unsigned int n)
{
	int err;

	if (config_mem_empty(mem))
		return 0;
	err = check_gic_place(mem, n, sys->platform_info.arm.gicd_base,
			      CONFIG_GIC_FRAME);
	if (!err)
		err = check_gic_place(mem, n, sys->platform_info.arm.gicr_base,
				      gicr_size(sys));
	if (err || (mem->flags & JAILHOUSE_MEM_COMM_REGION))
		return err;
	if (config_mem_overlap(mem, &sys->hypervisor_memory))
		return refuse(-EINVAL,
			      "memory region %u overlaps the hypervisor's memory",
			      n);
	if (mem->flags & JAILHOUSE_MEM_ROOTSHARED)
		err = check_shared(&sys->root_cell, mem, n);
	return err;
}

int config_check_pci_host(const struct jailhouse_system *sys,
			  const struct jailhouse_cell_desc *desc)
{
	u64 base = sys->platform_info.pci_mmconfig_base;
	unsigned int buses = sys->platform_info.pci_mmconfig_end_bus + 1U;
	bool virtual = sys->platform_info.pci_is_virtual;
	const struct jailhouse_pci_device *dev = config_pci_devices(desc);
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int n;

	for (n = 0; n < desc->num_pci_devices; n++)
		if (config_is_link(&dev[n]) && (!virtual || dev[n].bdf >> 8 >= buses))
			return refuse(-EINVAL,
				      "PCI device %u: the system configuration has no virtual PCI host (pci_is_virtual) with its bus %u",
				      n, dev[n].bdf >> 8);
	if (!virtual)
		return 0;
	if (!base || base % CONFIG_ECAM_BUS || base >> 48)
		return refuse(-EINVAL,
			      "pci_mmconfig_base 0x%llx is not an address of whole MiB",
			      base);
	for (n = 0; n < desc->num_memory_regions; n++)
		if (config_overlap(mem[n].virt_start, mem[n].size, base,
				   buses * CONFIG_ECAM_BUS))
			return refuse(-EINVAL,
				      "memory region %u overlaps the virtual PCI host (0x%llx)",
				      n, base);
	return 0;
}

/* All that tells the peers of a link where and what it is. */
static bool same_link(const struct jailhouse_memory *a_mem,
		      const struct jailhouse_pci_device *a,
		      const struct jailhouse_memory *b_mem,
		      const struct jailhouse_pci_device *b)
{
	return a->shmem_peers == b->shmem_peers &&
	       a->shmem_protocol == b->shmem_protocol &&
	       a_mem[0].phys_start == b_mem[0].phys_start &&
	       a_mem[0].size == b_mem[0].size &&
	       a_mem[1].size == b_mem[1].size && a_mem[2].size == b_mem[2].size;
}

static int check_link(const struct jailhouse_cell_desc *a_desc,
		      const struct jailhouse_pci_device *a,
		      const struct jailhouse_cell_desc *b_desc,
		      const struct jailhouse_pci_device *b)
{
	const struct jailhouse_memory *a_mem =
		config_mem_regions(a_desc) + a->shmem_regions_start;
	const struct jailhouse_memory *b_mem =
		config_mem_regions(b_desc) + b->shmem_regions_start;

	if (a->bdf != b->bdf) {
		if (!config_overlap(a_mem->phys_start, config_link_size(a_mem, a),
				    b_mem->phys_start, config_link_size(b_mem, b)))
			return 0;
		return refuse(-EBUSY,
			      "IVSHMEM device %02x:%02x.%u: cell \"%s\" has another link in its memory at 0x%llx",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7,
			      b_desc->name, a_mem->phys_start);
	}
	if (!same_link(a_mem, a, b_mem, b))
		return refuse(-EINVAL,
			      "IVSHMEM device %02x:%02x.%u: %u peers, protocol 0x%x, sections of 0x%llx, 0x%llx, 0x%llx bytes at 0x%llx; in cell \"%s\" it has %u, 0x%x, 0x%llx, 0x%llx, 0x%llx, 0x%llx",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7,
			      a->shmem_peers, a->shmem_protocol, a_mem[0].size,
			      a_mem[1].size, a_mem[2].size, a_mem[0].phys_start,
			      b_desc->name, b->shmem_peers, b->shmem_protocol,
			      b_mem[0].size, b_mem[1].size, b_mem[2].size,
			      b_mem[0].phys_start);
	if (a->shmem_dev_id == b->shmem_dev_id)
		return refuse(-EBUSY,
			      "IVSHMEM device %02x:%02x.%u: cell \"%s\" is peer %u already",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7,
			      b_desc->name, b->shmem_dev_id);
	return 0;
}

int config_check_links(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b)
{
	const struct jailhouse_pci_device *ours, *theirs;
	int err = 0;

	for_each_pci_device(ours, a)
		for_each_pci_device(theirs, b)
			if (!err && config_is_link(ours) && config_is_link(theirs))
				err = check_link(a, ours, b, theirs);
	return err;
}

/* The memory of its links is others' too. */
static int check_link_memory(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev;
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int m;

	for_each_pci_device(dev, desc)
		for (m = 0; config_is_link(dev) && m < config_link_regions(dev); m++)
			if (!config_mem_empty(&mem[dev->shmem_regions_start + m]) &&
			    !(mem[dev->shmem_regions_start + m].flags &
			      JAILHOUSE_MEM_ROOTSHARED))
				return refuse(-EINVAL,
					      "memory region %u: a section of an IVSHMEM link must have JAILHOUSE_MEM_ROOTSHARED",
					      dev->shmem_regions_start + m);
	return 0;
}

int config_check_cell_in_system(const struct jailhouse_system *sys,
				const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int n;
	int err;

	if (!strcmp(desc->name, sys->root_cell.name))
		return refuse(-EEXIST, "cell \"%s\" exists: the root cell",
			      desc->name);
	err = check_cpus(&sys->root_cell, desc);
	if (!err)
		err = check_irqs(sys, desc);
	for (n = 0; n < desc->num_memory_regions && !err; n++)
		err = check_region(sys, &mem[n], n);
	if (!err)
		err = config_check_pci_host(sys, desc);
	if (!err)
		err = check_link_memory(desc);
	return err ? err : config_check_links(desc, &sys->root_cell);
}

/* What two cells both have must be shared with root by both: they know. */
static int check_apart(const struct jailhouse_memory *mem, unsigned int n,
		       const struct jailhouse_cell_desc *other)
{
	const struct jailhouse_memory *theirs = config_mem_regions(other);
	unsigned int m;

	for (m = 0; m < other->num_memory_regions; m++, theirs++)
		if (config_mem_overlap(mem, theirs) &&
		    !((mem->flags | theirs->flags) &
		      JAILHOUSE_MEM_COMM_REGION) &&
		    !(mem->flags & theirs->flags & JAILHOUSE_MEM_ROOTSHARED))
			return refuse(-EBUSY,
				      "memory region %u overlaps region %u of cell \"%s\"",
				      n, m, other->name);
	return 0;
}

int config_check_cells(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b)
{
	const struct jailhouse_memory *mem = config_mem_regions(a);
	unsigned int n;
	u32 bits;
	int err;

	if (!strcmp(a->name, b->name))
		return refuse(-EEXIST, "cell \"%s\" exists", b->name);
	for (n = 0; n < CELLBLOCK_MAX_CPUS; n++)
		if (config_has_cpu(a, n) && config_has_cpu(b, n))
			return refuse(-EBUSY, "CPU %u belongs to cell \"%s\"",
				      n, b->name);
	for (n = 0; n < CONFIG_IRQ_WORDS; n++) {
		bits = config_irq_word(a, n) & config_irq_word(b, n);
		if (bits)
			return refuse(-EBUSY,
				      "interrupt %u belongs to cell \"%s\"",
				      32 * n + (unsigned int)__builtin_ctz(bits),
				      b->name);
	}
	for (n = 0; n < a->num_memory_regions; n++) {
		err = check_apart(&mem[n], n, b);
		if (err)
			return err;
	}
	return config_check_links(a, b);
}
