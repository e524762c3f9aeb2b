// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Checks of a valid cell against a valid system. */

#include <cellblock/loader.h>
#include <config/config.h>
#include <lib/errno.h>
#include <lib/refuse.h>

static int check_cpus(const struct jailhouse_cell_desc *root,
		      const struct jailhouse_cell_desc *desc)
{
	u64 cpus = config_cpu_bits(desc) | config_shared_cpus(desc);
	u64 foreign = cpus & ~config_cpu_bits(root);

	return foreign ? refuse(-EINVAL, "CPU %d is not in the system configuration",
				__builtin_ctzll(foreign)) : 0;
}

/* What the hypervisor shares CPUs by. */
static int check_sharing(const struct jailhouse_system *sys,
			 const struct jailhouse_cell_desc *desc)
{
	u32 maintenance = sys->platform_info.arm.maintenance_irq;

	if (!config_sharing(desc))
		return 0;
	if (config_is_gicv2(sys))
		return refuse(-EINVAL, "shared CPUs need a GICv3");
	return maintenance >= 16 && maintenance < 32 ? 0 :
		refuse(-EINVAL, "shared CPUs need maintenance_irq in the system configuration, a PPI (16 to 31; it is %u)",
		       maintenance);
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
	u64 cpus, size = 0;

	for (cpus = config_cpu_bits(&sys->root_cell); cpus; cpus &= cpus - 1)
		size += CONFIG_GICR_SIZE;
	return size;
}

/* Neither mapped for the cell, nor hidden by something else. */
static int check_gic_place(const struct jailhouse_memory *mem, unsigned int n,
			   u64 gic, u64 size)
{
	bool made = mem->flags & CONFIG_MEM_MADE;

	if (config_overlap(mem->virt_start, mem->size, gic, size) ||
	    (!made && config_overlap(mem->phys_start, mem->size, gic, size)))
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

/* Trapped, or given to each cell where its GIC is, or nobody's. */
static int check_gic_places(const struct jailhouse_system *sys,
			    const struct jailhouse_memory *mem, unsigned int n)
{
	u64 gicd = sys->platform_info.arm.gicd_base;
	const u64 interfaces[] = {
		sys->platform_info.arm.gicc_base,
		sys->platform_info.arm.gich_base,
		sys->platform_info.arm.gicv_base,
	};
	unsigned int i;
	int err;

	if (!config_is_gicv2(sys)) {
		err = check_gic_place(mem, n, gicd, CONFIG_GIC_FRAME);
		return err ? err : check_gic_place(mem, n, sys->platform_info.arm.gicr_base,
						   gicr_size(sys));
	}
	err = check_gic_place(mem, n, gicd, CONFIG_GICV2_FRAME);
	for (i = 0; i < ARRAY_SIZE(interfaces) && !err; i++)
		if (interfaces[i])
			err = check_gic_place(mem, n, interfaces[i], CONFIG_GICC_SIZE);
	return err;
}

static int check_region(const struct jailhouse_system *sys,
			const struct jailhouse_memory *mem, unsigned int n)
{
	int err;

	if (config_mem_empty(mem))
		return 0;
	err = check_gic_places(sys, mem, n);
	if (err || (mem->flags & CONFIG_MEM_MADE))
		return err;
	if (config_mem_overlap(mem, &sys->hypervisor_memory))
		return refuse(-EINVAL,
			      "memory region %u overlaps the hypervisor's memory",
			      n);
	/* of what is logged nothing is mapped */
	if ((mem->flags & (JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_LOGGED)) ==
	    JAILHOUSE_MEM_ROOTSHARED)
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

/* The memory of its links is others' too. */
static int check_link_memory(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev;
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int m;

	for_each_link(dev, desc)
		for (m = 0; m < config_link_regions(dev); m++)
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

	err = check_cpus(&sys->root_cell, desc);
	if (!err)
		err = check_sharing(sys, desc);
	if (!err)
		err = check_irqs(sys, desc);
	for (n = 0; n < desc->num_memory_regions && !err; n++)
		err = check_region(sys, &mem[n], n);
	if (!err)
		err = config_check_pci_host(sys, desc);
	if (!err)
		err = check_link_memory(desc);
	return err ? err : config_check_cells(desc, &sys->root_cell, true);
}
