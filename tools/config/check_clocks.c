/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <libfdt.h>

#include <cellblock/config.h>

#include "config/check_clocks.h"
#include "hardware/clocks.h"

struct search {
	struct findings *findings;
	const char *file;
	const struct jailhouse_cell_desc *desc;
};

/* The region by which the cell has a byte of the node's registers for itself; NULL: it has none. */
static const struct jailhouse_memory *own_region(const struct jailhouse_cell_desc *desc,
						 const struct tree_node *node)
{
	const struct jailhouse_memory *mem;
	u64 start, size;
	unsigned int n;

	for (n = 0; tree_reg(node, n, &start, &size); n++)
		for_each_mem(mem, desc)
			if (start != TREE_NOWHERE && mem->flags & JAILHOUSE_MEM_IO &&
			    !(mem->flags & JAILHOUSE_MEM_ROOTSHARED) &&
			    config_overlap(mem->phys_start, mem->size, start, size))
				return mem;
	return NULL;
}

struct provider {
	const struct jailhouse_cell_desc *desc;
	int node;
	bool is_own;
};

static bool look_for_provider(const struct tree_node *node, void *arg)
{
	struct provider *provider = arg;

	if (node->offset == provider->node)
		provider->is_own = own_region(provider->desc, node);
	return true;
}

static bool is_own(const struct search *search, const void *fdt, int node)
{
	struct provider provider = { .desc = search->desc, .node = node };

	tree_walk(fdt, look_for_provider, &provider);
	return provider.is_own;
}

static bool look_at_device(const struct tree_node *node, void *arg)
{
	const struct search *search = arg;
	const struct jailhouse_memory *mem = own_region(search->desc, node);
	char device[96], clock[96];
	unsigned int cell = 0;
	int provider;

	if (!mem || tree_is_disabled(node))
		return true;
	do
		provider = clocks_next(node, &cell);
	while (provider >= 0 && is_own(search, node->fdt, provider));
	if (provider < 0 || fdt_get_path(node->fdt, node->offset, device, sizeof(device)) ||
	    fdt_get_path(node->fdt, provider, clock, sizeof(clock)))
		return true;
	finding_region(findings_add(search->findings, CHECK_WARNING, search->file,
		"start Linux with clk_ignore_unused, or leave the clock a driver of Linux",
		"%s has a clock of %s, which stays Linux's: it is switched off when no driver of Linux "
		"uses it", device, clock), search->desc, mem);
	return true;
}

void check_clocks(struct findings *findings, const char *file,
		  const struct jailhouse_cell_desc *desc, const struct hardware *hardware)
{
	struct search search = { .findings = findings, .file = file, .desc = desc };

	tree_walk(hardware->tree, look_at_device, &search);
}
