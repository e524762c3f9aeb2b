// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <lib/bug.h>
#include <core/cell_mem.h>
#include <core/console.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <core/subpage.h>

/* Reached by the cell, by a mapping or access by access. */
static bool is_physical(const struct jailhouse_memory *mem)
{
	return mem->size && !(mem->flags & JAILHOUSE_MEM_COMM_REGION);
}

static bool is_mapped(const struct jailhouse_memory *mem)
{
	return is_physical(mem) && !JAILHOUSE_MEMORY_IS_SUBPAGE(mem);
}

/* Moves between root and the cell: neither shared nor made by the hypervisor. */
static bool is_exclusive(const struct jailhouse_memory *mem)
{
	return is_mapped(mem) && !(mem->flags & JAILHOUSE_MEM_ROOTSHARED);
}

/* Cuts a physical range down to what @mem has of it; false: nothing. */
static bool clip(const struct jailhouse_memory *mem, u64 *start, u64 *size)
{
	u64 end = *start + *size, mem_end = mem->phys_start + mem->size;

	if (*start < mem->phys_start)
		*start = mem->phys_start;
	if (end > mem_end)
		end = mem_end;
	*size = end - *start;
	return *start < end;
}

static int map(struct cell *cell, const struct jailhouse_memory *mem,
	       u64 virt, u64 phys, u64 size, unsigned int flags)
{
	if (mem->flags & JAILHOUSE_MEM_NO_HUGEPAGES)
		flags |= PAGING_NO_BLOCKS;
	return paging_map(&cell->mem, virt, phys, size,
			  arch_mem_attrs(mem->flags), flags);
}

/* Takes the hypervisor's devices out of a region just mapped. */
static int punch_reserved(struct cell *cell, const struct jailhouse_memory *mem)
{
	u64 start, size, virt;

	for (unsigned int i = 0; arch_reserved_range(i, &start, &size); i++) {
		if (!clip(mem, &start, &size))
			continue;
		virt = mem->virt_start + (start - mem->phys_start);
		if (paging_split(&cell->mem, virt, size))
			return -ENOMEM;
		paging_unmap(&cell->mem, virt, size);
	}
	return 0;
}

static int map_region(struct cell *cell, const struct jailhouse_memory *mem)
{
	u64 phys = mem->phys_start;
	int err;

	if (!mem->size)
		return 0;
	if (JAILHOUSE_MEMORY_IS_SUBPAGE(mem))
		return subpage_register(cell, mem);
	if (mem->flags & JAILHOUSE_MEM_COMM_REGION)
		phys = arch_virt_to_phys(cell->comm);
	err = map(cell, mem, mem->virt_start, phys, mem->size, 0);
	return err ? err : punch_reserved(cell, mem);
}

static int map_regions(struct cell *cell)
{
	const struct jailhouse_memory *mem;
	int err;

	for_each_mem(mem, cell->config) {
		err = map_region(cell, mem);
		if (err)
			return refuse(err, "cell \"%s\": cannot map memory region %d (%#llx, %#llx bytes): %s",
				      cell->config->name,
				      (int)(mem - config_mem_regions(cell->config)),
				      mem->virt_start, mem->size,
				      err == -ENOMEM ? "hypervisor memory is used up: enlarge hypervisor_memory" :
				      err == -EINVAL ? "it lies beyond the guest-physical address space" :
				      "it overlaps another trapped region");
	}
	return 0;
}

int cell_mem_init_root(void)
{
	struct jailhouse_memory shared = {
		.phys_start = arch_virt_to_phys(&hv_shared),
		.virt_start = arch_virt_to_phys(&hv_shared),
		.size = PAGE_ALIGN(sizeof(hv_shared)),
		.flags = JAILHOUSE_MEM_READ,
	};
	int err;

	root_cell.comm = page_alloc(1, 1);
	err = root_cell.comm ? arch_cell_mem_init(&root_cell) : -ENOMEM;
	if (err)
		return refuse_memory();
	err = map_regions(&root_cell);
	if (!err && map_region(&root_cell, &shared))
		err = refuse_memory();
	return err;
}

static int check_reserved(const struct jailhouse_cell_desc *config,
			  const struct jailhouse_memory *mem)
{
	u64 start, size;

	for (unsigned int i = 0; arch_reserved_range(i, &start, &size); i++)
		if (config_overlap(mem->phys_start, mem->size, start, size))
			/* config_system.c knows of redistributors of root's CPUs only */
			return refuse(-EINVAL, "memory region %u overlaps the GIC (0x%llx)",
				      (u32)(mem - config_mem_regions(config)),
				      start);
	return 0;
}

int cell_mem_check(const struct jailhouse_cell_desc *config)
{
	const struct jailhouse_memory *mem;
	int err = 0;

	for_each_mem(mem, config)
		if (!err && is_physical(mem))
			err = check_reserved(config, mem);
	return err;
}

/*
 * Calls @fn for the parts of @mem that root's configuration has, with their
 * place in root's guest-physical space.
 */
static int for_each_root_part(const struct jailhouse_memory *mem,
			      int (*fn)(const struct jailhouse_memory *root,
					u64 virt, u64 phys, u64 size))
{
	const struct jailhouse_memory *root;
	u64 start, size;
	int err;

	for_each_mem(root, root_cell.config) {
		start = mem->phys_start;
		size = mem->size;
		if (!is_mapped(root) || !clip(root, &start, &size))
			continue;
		err = fn(root, root->virt_start + (start - root->phys_start),
			 start, size);
		if (err)
			return err;
	}
	return 0;
}

static int split_part(const struct jailhouse_memory *root, u64 virt, u64 phys,
		      u64 size)
{
	(void)root;
	(void)phys;
	return paging_split(&root_cell.mem, virt, size);
}

static int unmap_part(const struct jailhouse_memory *root, u64 virt, u64 phys,
		      u64 size)
{
	(void)root;
	(void)phys;
	paging_unmap(&root_cell.mem, virt, size);
	return 0;
}

static int map_part(const struct jailhouse_memory *root, u64 virt, u64 phys,
		    u64 size)
{
	return map(&root_cell, root, virt, phys, size, 0);
}

/* What is lent must not be joined with root's own. */
static int lend_part(const struct jailhouse_memory *root, u64 virt, u64 phys,
		     u64 size)
{
	return map(&root_cell, root, virt, phys, size, PAGING_NO_COLLAPSE);
}

static int collapse_part(const struct jailhouse_memory *root, u64 virt,
			 u64 phys, u64 size)
{
	(void)root;
	(void)phys;
	paging_collapse(&root_cell.mem, virt, size, false);
	return 0;
}

static int exists(const struct jailhouse_memory *root, u64 virt, u64 phys,
		  u64 size)
{
	(void)root;
	(void)virt;
	(void)phys;
	(void)size;
	return 1;
}

static bool in_root(const struct jailhouse_memory *mem)
{
	return for_each_root_part(mem, exists);
}

static int for_exclusive(const struct jailhouse_cell_desc *config,
			 int (*fn)(const struct jailhouse_memory *root,
				   u64 virt, u64 phys, u64 size))
{
	const struct jailhouse_memory *mem;
	int err = 0;

	spin_lock(&root_cell.mm_lock);
	for_each_mem(mem, config) {
		if (!is_exclusive(mem))
			continue;
		err = for_each_root_part(mem, fn);
		if (err)
			break;
	}
	spin_unlock(&root_cell.mm_lock);
	return err;
}

static void release_pages(struct cell *cell)
{
	for_exclusive(cell->config, collapse_part);
	arch_cell_mem_release(cell);
}

int cell_mem_prepare(struct cell *cell)
{
	int err = arch_cell_mem_init(cell);

	if (err)
		return refuse_memory();
	err = map_regions(cell);
	if (!err && (for_exclusive(cell->config, split_part) ||
		     subpage_prepare(cell)))
		err = refuse_memory();
	if (err)
		release_pages(cell);
	return err;
}

void cell_mem_release(struct cell *cell)
{
	subpage_release(cell);
	release_pages(cell);
}

static bool is_loadable(const struct jailhouse_memory *mem)
{
	return mem->flags & JAILHOUSE_MEM_LOADABLE;
}

/* RAM that the driver cannot clear, as it does the rest: all but @reached. */
static void clear_unreached(const struct cell *cell,
			    bool (*reached)(const struct jailhouse_memory *mem))
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell->config)
		if (is_exclusive(mem) && !(mem->flags & JAILHOUSE_MEM_IO) &&
		    !reached(mem))
			arch_clear_phys(mem->phys_start, mem->size);
}

void cell_mem_clear_unlendable(const struct cell *cell)
{
	clear_unreached(cell, is_loadable);
}

void cell_mem_take_from_root(struct cell *cell)
{
	clear_unreached(cell, in_root);
	for_exclusive(cell->config, unmap_part);
	subpage_take_from_root(cell);
}

void cell_mem_return_to_root(struct cell *cell)
{
	subpage_return_to_root(cell);
	/* the tables were retained when it was taken: nothing is allocated */
	BUG_ON(for_exclusive(cell->config, map_part));
}

/* Memory that root's configuration does not have is lent at its own address. */
static int lend(const struct jailhouse_memory *mem)
{
	if (in_root(mem))
		return for_each_root_part(mem, lend_part);
	return map(&root_cell, mem, mem->phys_start, mem->phys_start,
		   mem->size, PAGING_NO_COLLAPSE);
}

static void reclaim(const struct jailhouse_memory *mem)
{
	if (in_root(mem)) {
		for_each_root_part(mem, unmap_part);
	} else {
		paging_unmap(&root_cell.mem, mem->phys_start, mem->size);
		paging_collapse(&root_cell.mem, mem->phys_start, mem->size,
				true);
	}
}

static bool is_lendable(const struct jailhouse_memory *mem)
{
	return is_exclusive(mem) && is_loadable(mem);
}

void cell_mem_reclaim(struct cell *cell)
{
	const struct jailhouse_memory *mem;

	if (!cell->loadable)
		return;
	spin_lock(&root_cell.mm_lock);
	for_each_mem(mem, cell->config)
		if (is_lendable(mem))
			reclaim(mem);
	spin_unlock(&root_cell.mm_lock);
	cell->loadable = false;
}

int cell_mem_lend(struct cell *cell)
{
	const struct jailhouse_memory *mem;
	int err = 0;

	if (cell->loadable)
		return 0;
	spin_lock(&root_cell.mm_lock);
	for_each_mem(mem, cell->config)
		if (!err && is_lendable(mem))
			err = lend(mem);
	spin_unlock(&root_cell.mm_lock);

	cell->loadable = true;
	if (err) {
		cell_mem_reclaim(cell);
		return refuse_memory();
	}
	return 0;
}

bool cell_mem_root_owns(u64 pa, u64 size)
{
	u64 end = pa + size, block;
	pte_t pte;

	if (end < pa)
		return false;
	for (; pa < end; pa = (pa & ~(block - 1)) + block) {
		pte = paging_lookup(&root_cell.mem, pa, &block);
		/* root's RAM is at its physical addresses */
		if (!pte || pte_addr(pte) != (pa & ~(block - 1)))
			return false;
	}
	return true;
}

bool cell_mem_recheck(struct cell *cell, u64 addr, bool is_write, bool is_exec)
{
	pte_t pte;

	spin_lock(&cell->mm_lock);
	pte = paging_lookup(&cell->mem, addr, NULL);
	spin_unlock(&cell->mm_lock);
	return pte && arch_mem_allows(pte, is_write, is_exec);
}

bool cell_mem_owner(u64 pa, char name[JAILHOUSE_CELL_NAME_MAXLEN + 1])
{
	const struct jailhouse_memory *mem;
	const struct cell *owner = NULL;
	struct cell *cell;

	/* a cell that goes away waits for this lock before it is freed */
	spin_lock(&root_cell.mm_lock);
	for_each_cell(cell)
		for_each_mem(mem, cell->config)
			if (cell != &root_cell && is_physical(mem) &&
			    !(mem->flags & JAILHOUSE_MEM_ROOTSHARED) &&
			    pa - mem->phys_start < mem->size)
				owner = cell;
	if (owner)
		memcpy(name, owner->config->name, JAILHOUSE_CELL_NAME_MAXLEN + 1);
	spin_unlock(&root_cell.mm_lock);
	return owner;
}
