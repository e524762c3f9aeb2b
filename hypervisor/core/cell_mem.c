// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <lib/bug.h>
#include <core/cell_mem.h>
#include <core/console.h>
#include <lib/errno.h>
#include <core/main.h>
#include <core/permissive.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <core/subpage.h>
#include <vdev/ivshmem.h>
#include <vdev/remote.h>

/* Entries that are looked at for one answer about root's memory */
#define ROOT_PART_LOOKS	512

/* Reached by the cell, by a mapping or access by access. */
static bool is_physical(const struct jailhouse_memory *mem)
{
	return mem->size && !(mem->flags & CONFIG_MEM_MADE);
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
	if (mem->flags & JAILHOUSE_MEM_REMOTE)
		return remote_register(cell, mem);
	if (mem->flags & JAILHOUSE_MEM_LOGGED)
		return permissive_register(cell, mem);
	if (JAILHOUSE_MEMORY_IS_SUBPAGE(mem))
		return subpage_register(cell, mem);
	if (mem->flags & JAILHOUSE_MEM_COMM_REGION) {
		phys = arch_virt_to_phys(cell->comm);
		cell->comm_address = mem->virt_start;
	}
	err = map(cell, mem, mem->virt_start, phys, mem->size, 0);
	return err ? err : punch_reserved(cell, mem);
}

static int refuse_region(int err, const struct cell *cell, const struct jailhouse_memory *mem)
{
	const char *name = cell->config->name;
	int n = (int)(mem - config_mem_regions(cell->config));

	if (err == -ENOMEM)
		return refuse(err, "cell \"%s\": cannot map memory region %d (%#llx, %#llx bytes): hypervisor memory is used up: enlarge hypervisor_memory",
			      name, n, mem->virt_start, mem->size);
	if (err == -EINVAL)
		return refuse(err, "cell \"%s\": cannot map memory region %d (%#llx, %#llx bytes): it lies beyond the guest-physical address space",
			      name, n, mem->virt_start, mem->size);
	return refuse(err, "cell \"%s\": cannot map memory region %d (%#llx, %#llx bytes): it overlaps another trapped region, or is one too many",
		      name, n, mem->virt_start, mem->size);
}

static int map_regions(struct cell *cell)
{
	const struct jailhouse_memory *mem;
	int err;

	for_each_mem(mem, cell->config) {
		err = map_region(cell, mem);
		if (err)
			return refuse_region(err, cell, mem);
	}
	return 0;
}

/* After the regions, which have a hole there. */
static int map_banked(struct cell *cell)
{
	u64 start, size;

	if (arch_banked_range(&start, &size) &&
	    paging_map(&cell->mem, start, start, size,
		       arch_mem_attrs(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				      JAILHOUSE_MEM_IO), 0))
		return refuse_memory();
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
	if (!err)
		err = map_banked(&root_cell);
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
 * A part of a cell's region that is in one region of root's configuration, or in
 * none: then root is NULL.
 */
struct part {
	const struct jailhouse_memory *mem, *root;
	u64 virt;	/* where root has it, or would */
	u64 phys, size;
};

/* Root's region that has @start, or NULL; *@size ends where that changes. */
static const struct jailhouse_memory *root_region(u64 start, u64 *size)
{
	const struct jailhouse_memory *mem, *found = NULL;

	for_each_mem(mem, root_cell.config) {
		u64 before = mem->phys_start - start;
		u64 rest = mem->phys_start + mem->size - start;

		if (!is_mapped(mem))
			continue;
		if (start - mem->phys_start < mem->size) {
			found = mem;
			if (rest < *size)
				*size = rest;
		} else if (before < *size) {
			*size = before;
		}
	}
	return found;
}

static int for_each_part_of(const struct jailhouse_memory *mem,
			    int (*fn)(const struct part *part))
{
	struct part part = { .mem = mem };
	u64 offset;
	int err;

	for (offset = 0; offset < mem->size; offset += part.size) {
		part.phys = mem->phys_start + offset;
		part.size = mem->size - offset;
		part.root = root_region(part.phys, &part.size);
		part.virt = part.root ? part.root->virt_start +
			    (part.phys - part.root->phys_start) : part.phys;
		err = fn(&part);
		if (err)
			return err;
	}
	return 0;
}

/* Of all regions that the cell has for itself. */
static int for_each_part(const struct jailhouse_cell_desc *config,
			 int (*fn)(const struct part *part))
{
	const struct jailhouse_memory *mem;
	int err = 0;

	for_each_mem(mem, config)
		if (!err && is_exclusive(mem))
			err = for_each_part_of(mem, fn);
	return err;
}

/* The same, for changes of root's tables. */
static int change_root(const struct cell *cell,
		       int (*fn)(const struct part *part))
{
	int err;

	spin_lock(&root_cell.mm_lock);
	err = for_each_part(cell->config, fn);
	spin_unlock(&root_cell.mm_lock);
	return err;
}

static int split_part(const struct part *part)
{
	return part->root ?
	       paging_split(&root_cell.mem, part->virt, part->size) : 0;
}

static int unmap_part(const struct part *part)
{
	if (part->root)
		paging_unmap(&root_cell.mem, part->virt, part->size);
	return 0;
}

static int map_part(const struct part *part)
{
	return part->root ? map(&root_cell, part->root, part->virt, part->phys,
				part->size, 0) : 0;
}

static int collapse_part(const struct part *part)
{
	if (part->root)
		paging_collapse(&root_cell.mem, part->virt, part->size, false);
	return 0;
}

static bool is_loadable(const struct part *part)
{
	return part->mem->flags & JAILHOUSE_MEM_LOADABLE;
}

/*
 * What is lent must not be joined with root's own. Memory that root's
 * configuration does not have is lent at its own address.
 */
static int lend_part(const struct part *part)
{
	return is_loadable(part) ?
	       map(&root_cell, part->root ? part->root : part->mem, part->virt,
		   part->phys, part->size, PAGING_NO_COLLAPSE) : 0;
}

static int reclaim_part(const struct part *part)
{
	if (!is_loadable(part))
		return 0;
	paging_unmap(&root_cell.mem, part->virt, part->size);
	if (!part->root)
		paging_collapse(&root_cell.mem, part->virt, part->size, true);
	return 0;
}

/* Clearing, in steps */

#define STEP	0x100000

/* The one that is being made; control lock. */
static struct {
	bool for_root;
	u64 skip;	/* bytes that earlier ones have cleared */
	u64 left;	/* bytes for this one */
} step;

int cell_mem_clear(u64 pa, u64 size)
{
	u64 skip = size < step.skip ? size : step.skip;
	u64 rest = size - skip, now = rest < step.left ? rest : step.left;
	u64 done = arch_clear_phys(pa + skip, now);

	step.skip -= skip;
	step.left -= now;
	if (done < now) {
		/* the next one goes on behind the page that does not answer */
		step.left += now - done - PAGE_SIZE;
		return refuse(-EIO, "no memory answers at %#llx: correct the address, or mark the region of a device with JAILHOUSE_MEM_IO",
			      pa + skip + done);
	}
	return now < rest ? -ERESTART : 0;
}

/* Root's configuration knows it better than the cell's. */
static bool is_ram(const struct part *part)
{
	return !((part->root ? part->root : part->mem)->flags &
		 JAILHOUSE_MEM_IO);
}

/* The driver clears what Linux can write, and the cell says to be RAM. */
static bool is_cleared_by_driver(const struct part *part)
{
	return part->root && part->root->flags & JAILHOUSE_MEM_WRITE &&
	       !((part->root->flags | part->mem->flags) & JAILHOUSE_MEM_IO);
}

/* For root, the driver reaches what is loadable only. */
static int clear_part(const struct part *part)
{
	return is_ram(part) && !(is_cleared_by_driver(part) &&
				 (is_loadable(part) || !step.for_root)) ?
	       cell_mem_clear(part->phys, part->size) : 0;
}

static int make_step(struct cell *cell, bool for_root)
{
	int err;

	step.for_root = for_root;
	step.skip = cell->cleared;
	step.left = STEP;
	err = for_each_part(cell->config, clear_part);
	if (!err && !for_root)
		err = ivshmem_clear_links(cell);
	cell->cleared += STEP - step.left;
	return err;
}

int cell_mem_clear_for_cell(struct cell *cell)
{
	return make_step(cell, false);
}

int cell_mem_clear_for_root(struct cell *cell)
{
	cell_mem_reclaim(cell);
	/* what does not answer holds nothing */
	return make_step(cell, true) ? -ERESTART : 0;
}

/* Ownership */

static void release_pages(struct cell *cell)
{
	change_root(cell, collapse_part);
	remote_release(cell);
	arch_cell_mem_release(cell);
}

int cell_mem_prepare(struct cell *cell)
{
	int err = arch_cell_mem_init(cell);

	if (err)
		return refuse_memory();
	err = map_regions(cell);
	if (!err)
		err = map_banked(cell);
	if (!err && (change_root(cell, split_part) || subpage_prepare(cell)))
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

void cell_mem_take_from_root(struct cell *cell)
{
	change_root(cell, unmap_part);
	subpage_take_from_root(cell);
	cell->cleared = 0;
}

void cell_mem_return_to_root(struct cell *cell)
{
	subpage_return_to_root(cell);
	/* the tables were retained when it was taken: nothing is allocated */
	BUG_ON(change_root(cell, map_part));
}

void cell_mem_reclaim(struct cell *cell)
{
	if (!cell->loadable)
		return;
	change_root(cell, reclaim_part);
	cell->loadable = false;
}

int cell_mem_lend(struct cell *cell)
{
	int err;

	if (cell->loadable)
		return 0;
	err = change_root(cell, lend_part);
	cell->loadable = true;
	cell->cleared = 0;
	if (err) {
		cell_mem_reclaim(cell);
		return refuse_memory();
	}
	return 0;
}

/* Does root have RAM at this address, its physical one? And the end of what is mapped there. */
static bool look_at_root(u64 pa, u64 *end)
{
	u64 block;
	pte_t pte = paging_lookup(&root_cell.mem, pa, &block);
	u64 start = pa & ~(block - 1);

	*end = start + block;
	return pte && pte_addr(pte) == start && arch_mem_is_ram(pte);
}

bool cell_mem_root_owns(u64 pa, u64 size)
{
	u64 end = pa + size;

	if (end < pa)
		return false;
	while (pa < end)
		if (!look_at_root(pa, &pa))
			return false;
	return true;
}

s64 cell_mem_root_part(u64 pa)
{
	bool owned;
	u64 end;

	if (pa >= root_cell.mem.limit)
		return -EINVAL;
	owned = look_at_root(pa, &end);
	for (unsigned int looks = ROOT_PART_LOOKS; looks && end < root_cell.mem.limit; looks--) {
		if (look_at_root(end, &pa) != owned)
			break;
		end = pa;
	}
	return (s64)(end | (owned ? CELLBLOCK_ROOT_MEMORY_OWNED : 0));
}

bool cell_mem_recheck(struct vcpu *vcpu, u64 addr, bool is_write, bool is_exec)
{
	struct cell *cell = vcpu->cell;
	u32 seen = vcpu->mem_updates;
	pte_t pte;

	spin_lock(&cell->mm_lock);
	pte = paging_lookup(&cell->mem, addr, NULL);
	vcpu->mem_updates = cell->mem.updates;
	spin_unlock(&cell->mm_lock);
	return pte && vcpu->mem_updates != seen &&
	       arch_mem_allows(pte, is_write, is_exec);
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
