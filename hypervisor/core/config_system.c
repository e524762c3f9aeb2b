// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Checks of valid configurations against each other. */

#include <cellblock/loader.h>
#include <core/config.h>
#include <core/errno.h>
#include <core/printk.h>
#include <core/string.h>

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
	const struct jailhouse_memory *r = config_mem_regions(root);
	const struct jailhouse_memory *end = r + root->num_memory_regions;

	for (; r < end; r++)
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
	return err;
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
	return 0;
}
