// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <cellblock/config.h>

#include "el2/enable.h"
#include "error.h"
#include "mem/content.h"
#include "mem/hvmem.h"
#include "mem/pages.h"
#include "mem/ram.h"

/*
 * Memory in use by the hypervisor or by cells, sorted, without overlap. Those
 * who share memory may do so in different pieces, hence extents are split at
 * every border that anybody has.
 */
struct extent {
	struct list_head node;
	u64 start, end;
	bool from_linux;	/* to be given back there */
	bool root;		/* root can access it while it is no cell's */
	bool lasting;		/* since enabling, until disabling */
	bool shared;		/* several cells may use it */
	unsigned int users;	/* cells */
	const char *owner;
};

static LIST_HEAD(extents);

static void put_extent(struct extent *extent, bool reachable)
{
	if (reachable)
		content_zero(extent->start, extent->end);
	if (extent->from_linux)
		pages_return(extent->start, extent->end);
	list_del(&extent->node);
	kfree(extent);
}

/* Adds after @prev. */
static struct extent *add_extent(struct list_head *prev, u64 start, u64 end)
{
	struct extent *extent = kzalloc(sizeof(*extent), GFP_KERNEL);

	if (!extent)
		return NULL;
	extent->start = start;
	extent->end = end;
	list_add(&extent->node, prev);
	return extent;
}

static int split_at(u64 at, struct jailhouse_error *err)
{
	struct extent *extent, *rest;
	struct list_head node;

	list_for_each_entry(extent, &extents, node) {
		if (at <= extent->start || at >= extent->end)
			continue;
		rest = add_extent(&extent->node, at, extent->end);
		if (!rest)
			return error_set(err, -ENOMEM, "no memory to keep track of memory");
		node = rest->node;
		*rest = *extent;
		rest->node = node;
		rest->start = at;
		extent->end = at;
		return 0;
	}
	return 0;
}

/* The next extent after @extent (NULL: the first) that is inside. */
static struct extent *next_inside(struct extent *extent, u64 start, u64 end)
{
	extent = extent ? list_next_entry(extent, node) :
		list_first_entry(&extents, struct extent, node);
	list_for_each_entry_from(extent, &extents, node)
		if (extent->start < end && extent->end > start)
			return extent;
	return NULL;
}

#define for_each_inside(extent, start, end)				\
	for (extent = next_inside(NULL, start, end); extent;		\
	     extent = next_inside(extent, start, end))

/* Of cells it finds only one's own regions: for others config.c has looked. */
static int check_free(u64 start, u64 end, enum hvmem_use use,
		      struct jailhouse_error *err)
{
	bool may_share = use == HVMEM_CELL_SHARED || use == HVMEM_ROOT_SHARED;
	struct extent *extent;

	for_each_inside(extent, start, end) {
		if (extent->shared ? may_share : !extent->users)
			continue;
		return error_set(err, -EBUSY, "the memory at %#llx-%#llx belongs to %s",
				 max(start, extent->start),
				 min(end, extent->end) - 1, extent->owner);
	}
	return 0;
}

/* A piece that is either all Linux's or all not. */
static int fill_piece(struct list_head *prev, u64 start, u64 end, bool linux_ram,
		      const char *owner, struct jailhouse_error *err)
{
	struct extent *extent;
	int ret;

	if (!linux_ram && !ram_exists(start, end))
		return error_set(err, -EINVAL, "there is no memory at %#llx-%#llx in this machine",
				 start, end - 1);
	extent = add_extent(prev, start, end);
	if (!extent)
		return error_set(err, -ENOMEM, "no memory to keep track of memory");
	extent->owner = owner;
	if (!linux_ram)
		return 0;
	ret = pages_take(start, end, err);
	if (ret) {
		list_del(&extent->node);
		kfree(extent);
		return ret;
	}
	extent->from_linux = true;
	return 0;
}

/* Makes extents for all of the range that has none. */
static int fill(u64 start, u64 end, const char *owner,
		struct jailhouse_error *err)
{
	struct list_head *prev = &extents;
	struct extent *extent;
	bool linux_ram;
	u64 piece_end;
	int ret;

	while (start < end) {
		while (!list_is_last(prev, &extents) &&
		       list_entry(prev->next, struct extent, node)->start <= start)
			prev = prev->next;
		extent = list_entry(prev, struct extent, node);
		if (prev != &extents && extent->end > start) {
			start = extent->end;
			continue;
		}
		piece_end = end;
		if (!list_is_last(prev, &extents))
			piece_end = min(piece_end,
					list_entry(prev->next, struct extent,
						   node)->start);
		linux_ram = ram_is_linux(start, &piece_end);
		ret = fill_piece(prev, start, piece_end, linux_ram, owner, err);
		if (ret)
			return ret;
		start = piece_end;
	}
	return 0;
}

/* Removes the extents that nobody uses. @all: the hypervisor is not there. */
static void drop_unused(u64 start, u64 end, bool all)
{
	struct extent *extent, *next;

	list_for_each_entry_safe(extent, next, &extents, node)
		if (extent->start < end && extent->end > start &&
		    !extent->users && !extent->lasting)
			put_extent(extent, all || extent->root);
}

/* Does the root cell reach this while no cell has it? */
static bool root_has(u64 start, u64 end)
{
	const struct jailhouse_system *sys = enable_config();
	const struct jailhouse_memory *mem;

	if (!sys)
		return true;
	for_each_mem(mem, &sys->root_cell)
		if (!(mem->flags & JAILHOUSE_MEM_IO) &&
		    start >= mem->phys_start && end > start &&
		    end - mem->phys_start <= mem->size)
			return true;
	return false;
}

static void use_extent(struct extent *extent, enum hvmem_use use,
		       const char *owner)
{
	bool fresh = !extent->users && !extent->lasting;

	switch (use) {
	case HVMEM_HYPERVISOR:
		extent->users = 1;
		extent->lasting = true;
		break;
	case HVMEM_CARVEOUT:
		extent->lasting = true;
		break;
	case HVMEM_ROOT_SHARED:
		extent->lasting = true;
		extent->shared = true;
		extent->root = true;
		break;
	case HVMEM_CELL:
	case HVMEM_CELL_SHARED:
		if (fresh)
			extent->root = extent->from_linux ||
				root_has(extent->start, extent->end);
		if (!extent->users)
			extent->owner = owner;
		fresh = !extent->users && extent->root &&
			!(extent->lasting && extent->shared);
		extent->users++;
		if (use == HVMEM_CELL_SHARED) {
			extent->shared = true;
			/* outlives the first user */
			extent->owner = "cells that share it";
		}
		break;
	}
	if (fresh)
		content_zero(extent->start, extent->end);
}

/* What root reaches and what it does not are different extents. */
static int split_at_root(struct jailhouse_error *err)
{
	const struct jailhouse_system *sys = enable_config();
	const struct jailhouse_memory *mem;
	int ret = 0;

	if (!sys)
		return 0;
	for_each_mem(mem, &sys->root_cell) {
		if (!ret)
			ret = split_at(mem->phys_start, err);
		if (!ret)
			ret = split_at(mem->phys_start + mem->size, err);
	}
	return ret;
}

int hvmem_take(u64 start, u64 size, enum hvmem_use use, const char *owner,
	       struct jailhouse_error *err)
{
	u64 end = start + size;
	struct extent *extent;
	int ret;

	if (!PAGE_ALIGNED(start | size) || end < start)
		return error_set(err, -EINVAL, "memory of %#llx bytes at %#llx: both must be multiples of %#lx, the size of Linux's pages, and the end within the address space",
				 size, start, PAGE_SIZE);
	ret = split_at(start, err);
	if (!ret)
		ret = split_at(end, err);
	if (!ret)
		ret = check_free(start, end, use, err);
	if (!ret)
		ret = fill(start, end, owner, err);
	if (!ret)
		ret = split_at_root(err);
	if (ret) {
		drop_unused(start, end, false);
		return ret;
	}
	for_each_inside(extent, start, end)
		use_extent(extent, use, owner);
	return 0;
}

static void unuse_by_cell(struct extent *extent)
{
	/* what lasts is free for all cells again, or root's to share */
	if (!--extent->users && extent->lasting && !extent->root)
		extent->shared = false;
}

void hvmem_return(u64 start, u64 size, enum hvmem_use use)
{
	bool by_cell = use == HVMEM_CELL || use == HVMEM_CELL_SHARED;
	u64 end = start + size;
	struct extent *extent;

	for_each_inside(extent, start, end) {
		if (by_cell) {
			unuse_by_cell(extent);
		} else {
			extent->users = 0;
			extent->lasting = false;
		}
	}
	drop_unused(start, end, !by_cell);
}
