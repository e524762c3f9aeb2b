/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <libfdt.h>

#include "hardware/clocks.h"

static unsigned int cells_of(const void *fdt, int provider)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, provider, "#clock-cells", &length);

	return cells && length == sizeof(*cells) ? fdt32_to_cpu(*cells) : 0;
}

int clocks_next(const struct tree_node *node, unsigned int *cell)
{
	int provider;
	u32 phandle;

	while (tree_cell(node, "clocks", *cell, &phandle)) {
		provider = fdt_node_offset_by_phandle(node->fdt, phandle);
		if (provider < 0)
			break;
		*cell += 1 + cells_of(node->fdt, provider);
		if (fdt_node_check_compatible(node->fdt, provider, "fixed-clock"))
			return provider;
	}
	return -1;
}
