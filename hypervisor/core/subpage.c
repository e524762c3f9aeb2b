// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Regions smaller than a page, served access by access.
 *
 * When a cell gets such a region for itself, root loses the mapping of the page
 * around it; root's accesses to the rest of that page are served here as well.
 */

#include <core/arch.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <core/subpage.h>

static enum mmio_result device_access(u64 pa, struct mmio_access *access)
{
	/* device registers are accessed aligned, whatever the flags allow */
	if (pa & (access->size - 1U))
		return MMIO_ERROR;
	if (access->is_write ?
	    arch_device_write(pa, access->size, access->value) :
	    arch_device_read(pa, access->size, &access->value))
		return MMIO_HANDLED;
	return MMIO_ABORT;
}

static bool permits(const struct jailhouse_memory *mem,
		    const struct mmio_access *access)
{
	return mem->flags & (access->is_write ? JAILHOUSE_MEM_WRITE :
						JAILHOUSE_MEM_READ);
}

enum mmio_result subpage_access(void *arg, struct mmio_access *access)
{
	const struct jailhouse_memory *mem = arg;
	u64 width = (u64)access->size << JAILHOUSE_MEM_IO_WIDTH_SHIFT;

	if (!permits(mem, access) || !(mem->flags & width))
		return MMIO_ERROR;
	return device_access(mem->phys_start + access->address, access);
}

int subpage_register(struct cell *cell, const struct jailhouse_memory *mem)
{
	return mmio_register(&cell->mmio, mem->virt_start, mem->size,
			     subpage_access, (void *)mem);
}

static bool is_exclusive(const struct jailhouse_memory *mem)
{
	return mem->size && JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
	       !(mem->flags & (JAILHOUSE_MEM_ROOTSHARED |
			       JAILHOUSE_MEM_COMM_REGION));
}

/* Has a cell the bytes [pa, pa + size) for itself? Root's mm_lock is held. */
static bool is_taken(const struct cell *except, u64 pa, u64 size)
{
	const struct jailhouse_memory *mem;
	struct cell *cell;

	for_each_cell(cell) {
		if (cell == &root_cell || cell == except)
			continue;
		for_each_mem(mem, cell->config)
			if (is_exclusive(mem) &&
			    config_overlap(mem->phys_start, mem->size, pa, size))
				return true;
	}
	return false;
}

/* Root's region that maps the page at @pa, or NULL. */
static const struct jailhouse_memory *root_region(u64 pa)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, root_cell.config)
		if (!JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
		    pa - mem->phys_start < mem->size)
			return mem;
	return NULL;
}

/* @arg: physical address of the page */
static enum mmio_result root_access(void *arg, struct mmio_access *access)
{
	u64 pa = (u64)arg + access->address;
	enum mmio_result result = MMIO_ERROR;

	spin_lock(&root_cell.mm_lock);
	if (permits(root_region(pa), access) &&
	    !is_taken(NULL, pa, access->size))
		result = device_access(pa, access);
	spin_unlock(&root_cell.mm_lock);
	return result;
}

static u64 page_of(const struct jailhouse_memory *mem)
{
	return mem->phys_start & PAGE_MASK;
}

/* Is @mem the region of its cell that represents its page? */
static bool is_first_in_page(const struct cell *cell,
			     const struct jailhouse_memory *mem)
{
	const struct jailhouse_memory *other;

	for_each_mem(other, cell->config)
		if (is_exclusive(other) && page_of(other) == page_of(mem))
			return other == mem;
	return false;
}

static u64 root_virt(const struct jailhouse_memory *root, u64 page)
{
	return root->virt_start + (page - root->phys_start);
}

static int share_page(const struct jailhouse_memory *root, u64 page)
{
	u64 virt = root_virt(root, page);
	int err = paging_split(&root_cell.mem, virt, PAGE_SIZE);

	if (!err)
		err = mmio_register(&root_cell.mmio, virt, PAGE_SIZE,
				    root_access, (void *)page);
	if (err)
		paging_collapse(&root_cell.mem, virt, PAGE_SIZE, false);
	return err;
}

static int unshare_page(const struct jailhouse_memory *root, u64 page)
{
	u64 virt = root_virt(root, page);

	mmio_unregister(&root_cell.mmio, virt);
	paging_collapse(&root_cell.mem, virt, PAGE_SIZE, false);
	return 0;
}

static int take_page(const struct jailhouse_memory *root, u64 page)
{
	paging_unmap(&root_cell.mem, root_virt(root, page), PAGE_SIZE);
	return 0;
}

static int return_page(const struct jailhouse_memory *root, u64 page)
{
	return paging_map(&root_cell.mem, root_virt(root, page), page,
			  PAGE_SIZE, arch_mem_attrs(root->flags),
			  root->flags & JAILHOUSE_MEM_NO_HUGEPAGES ?
			  PAGING_NO_BLOCKS : 0);
}

/*
 * Calls @fn for the pages of root that only this cell takes registers from, up
 * to the region @end (NULL: all).
 */
static int for_pages(const struct cell *cell,
		     const struct jailhouse_memory *end,
		     int (*fn)(const struct jailhouse_memory *root, u64 page),
		     const struct jailhouse_memory **failed)
{
	const struct jailhouse_memory *mem, *root;
	int err = 0;

	spin_lock(&root_cell.mm_lock);
	for_each_mem(mem, cell->config) {
		if (mem == end)
			break;
		if (!is_exclusive(mem) || !is_first_in_page(cell, mem) ||
		    is_taken(cell, page_of(mem), PAGE_SIZE))
			continue;
		root = root_region(page_of(mem));
		err = root ? fn(root, page_of(mem)) : 0;
		if (err) {
			*failed = mem;
			break;
		}
	}
	spin_unlock(&root_cell.mm_lock);
	return err;
}

int subpage_prepare(struct cell *cell)
{
	const struct jailhouse_memory *failed;
	int err = for_pages(cell, NULL, share_page, &failed);

	if (err)
		for_pages(cell, failed, unshare_page, NULL);
	return err;
}

void subpage_release(struct cell *cell)
{
	for_pages(cell, NULL, unshare_page, NULL);
}

void subpage_take_from_root(struct cell *cell)
{
	for_pages(cell, NULL, take_page, NULL);
}

void subpage_return_to_root(struct cell *cell)
{
	const struct jailhouse_memory *failed;

	/* its table was retained: nothing is allocated */
	BUG_ON(for_pages(cell, NULL, return_page, &failed));
}
