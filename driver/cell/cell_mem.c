// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/bitmap.h>

#include <cellblock/config.h>

#include "cell/cell.h"
#include "cell/cell_mem.h"
#include "error.h"
#include "mem/hvmem.h"
#include "mem/ram.h"

/*
 * Does a region need memory that Linux has or can reach? Devices do not, nor
 * the communication region, which is the hypervisor's; behind windows nothing is.
 */
static bool is_memory(const struct jailhouse_memory *mem)
{
	u64 end = mem->phys_start + mem->size;

	if (!mem->size || mem->flags & CONFIG_MEM_MADE)
		return false;
	if (!(mem->flags & JAILHOUSE_MEM_IO) &&
	    !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
	    mem->flags & (JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_ROOTSHARED) &&
	    (ram_exists(mem->phys_start, end) ||
	     mem->flags & JAILHOUSE_MEM_LOADABLE))
		return true;
	return ram_has_linux(mem->phys_start, end);
}

static enum hvmem_use use_of(const struct jailhouse_memory *mem)
{
	return mem->flags & JAILHOUSE_MEM_ROOTSHARED ? HVMEM_CELL_SHARED :
		HVMEM_CELL;
}

void cell_mem_return(struct cell *cell)
{
	const struct jailhouse_memory *mem = config_mem_regions(cell->config);
	unsigned int i;

	for_each_set_bit(i, cell->taken, cell->config->num_memory_regions)
		hvmem_return(mem[i].phys_start, mem[i].size, use_of(&mem[i]));
	bitmap_free(cell->taken);
	cell->taken = NULL;
}

int cell_mem_take(struct cell *cell, struct jailhouse_error *err)
{
	const struct jailhouse_memory *mem = config_mem_regions(cell->config);
	unsigned int i, count = cell->config->num_memory_regions;
	int ret;

	cell->taken = bitmap_zalloc(max(count, 1U), GFP_KERNEL);
	if (!cell->taken)
		return error_set(err, -ENOMEM, "no memory for %s", cell->label);
	for (i = 0; i < count; i++) {
		if (!is_memory(&mem[i]))
			continue;
		ret = hvmem_take(mem[i].phys_start, mem[i].size,
				 use_of(&mem[i]), cell->label, err);
		if (ret) {
			cell_mem_return(cell);
			return ret;
		}
		__set_bit(i, cell->taken);
	}
	return 0;
}
