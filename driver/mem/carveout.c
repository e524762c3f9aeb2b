// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Memory that is taken from Linux as long as the hypervisor is enabled, beside
 * that of the hypervisor: what root shall not have, and what it shares.
 */

#include <linux/list.h>
#include <linux/slab.h>

#include <cellblock/config.h>

#include "error.h"
#include "mem/carveout.h"
#include "mem/hvmem.h"
#include "mem/ram.h"

struct carveout {
	struct list_head node;
	u64 start, size;
	enum hvmem_use use;
};

static LIST_HEAD(carveouts);

static int carve_out(u64 start, u64 end, enum hvmem_use use,
		     const char *owner, struct jailhouse_error *err)
{
	struct carveout *carveout = kzalloc(sizeof(*carveout), GFP_KERNEL);
	int ret;

	if (!carveout)
		return error_set(err, -ENOMEM, "no memory to keep track of memory");
	ret = hvmem_take(start, end - start, use, owner, err);
	if (ret) {
		kfree(carveout);
		return ret;
	}
	carveout->start = start;
	carveout->size = end - start;
	carveout->use = use;
	list_add(&carveout->node, &carveouts);
	return 0;
}

void carveout_return(void)
{
	struct carveout *carveout, *next;

	list_for_each_entry_safe(carveout, next, &carveouts, node) {
		hvmem_return(carveout->start, carveout->size, carveout->use);
		list_del(&carveout->node);
		kfree(carveout);
	}
}

/* Does the region contain @at? *@end is lowered to where that changes. */
static bool contains(const struct jailhouse_memory *mem, u64 at, u64 *end)
{
	if (at < mem->phys_start) {
		*end = min(*end, mem->phys_start);
		return false;
	}
	if (at - mem->phys_start >= mem->size)
		return false;
	if (mem->size - (at - mem->phys_start) < *end - at)
		*end = mem->phys_start + mem->size;
	return true;
}

/* Does @at belong to root or the hypervisor? *@end as above. */
static bool is_given(const struct jailhouse_system *sys, u64 at, u64 *end)
{
	const struct jailhouse_cell_desc *root = &sys->root_cell;
	const struct jailhouse_memory *mem;
	bool given;

	given = contains(&sys->hypervisor_memory, at, end);
	for_each_mem(mem, root)
		if (mem->size && !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
		    !(mem->flags & CONFIG_MEM_MADE))
			given |= contains(mem, at, end);
	return given;
}

/* What of Linux's RAM root shall not have is for cells. */
static int carve_for_cells(const struct jailhouse_system *sys,
			   struct jailhouse_error *err)
{
	struct jailhouse_error why;
	u64 at, end;
	int ret;

	for (at = 0; at < PHYS_END; at = end) {
		end = PHYS_END;
		if (!ram_is_linux(at, &end) || is_given(sys, at, &end))
			continue;
		ret = carve_out(at, end, HVMEM_CARVEOUT, "cells", &why);
		if (ret)
			return error_set(err, ret, "the configuration does not give all RAM to root: %s",
					 why.text);
	}
	return 0;
}

/* Linux must not use the memory that root shares with cells as its own. */
static int carve_shared(const struct jailhouse_system *sys,
			struct jailhouse_error *err)
{
	const struct jailhouse_cell_desc *root = &sys->root_cell;
	const struct jailhouse_memory *mem;
	int ret = 0;

	for_each_mem(mem, root) {
		u64 end = mem->phys_start + mem->size;

		if (ret || (!(mem->flags & JAILHOUSE_MEM_ROOTSHARED) &&
			    !config_is_section(root, mem)))
			continue;
		if (ram_has_linux(mem->phys_start, end) ||
		    (!(mem->flags & JAILHOUSE_MEM_IO) &&
		     ram_exists(mem->phys_start, end)))
			ret = carve_out(mem->phys_start, end, HVMEM_ROOT_SHARED,
					"the root cell, to be shared", err);
	}
	return ret;
}

int carveout_take(const struct jailhouse_system *sys, struct jailhouse_error *err)
{
	int ret;

	ret = carve_for_cells(sys, err);
	if (!ret)
		ret = carve_shared(sys, err);
	if (ret)
		carveout_return();
	return ret;
}
