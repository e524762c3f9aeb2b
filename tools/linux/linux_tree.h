/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_LINUX_TREE_H
#define TOOLS_LINUX_TREE_H

/* The device tree that Linux in a cell is started with. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/cell-config.h>

#include "linux/linux_devices.h"

/* What goes into /chosen, and which devices there are beside the configuration's. */
struct linux_boot {
	const char *cmdline;
	u64 initrd_start;
	u64 initrd_end;		/* = initrd_start: none */
	const struct linux_devices *devices;	/* NULL: none */
};

/* Memory that a kernel may use: not shared, no device, all rights, DMA. */
bool linux_tree_is_ram(const struct jailhouse_memory *mem);
/* The same, but that root may see it: a kernel has it if devices need it. */
bool linux_tree_is_bank(const struct jailhouse_memory *mem);

/* A device tree of at most @size bytes? And how many has it? */
bool linux_tree_is_valid(const void *tree, size_t size);
size_t linux_tree_size(const void *tree);

/*
 * A tree made from the configuration of a cell, or one that is given, with the cell's
 * memory instead of its own and /chosen filled in; at most @space bytes. Return an exit
 * code.
 */
int linux_tree_make(void *tree, size_t space, const struct jailhouse_cell_desc *cell,
		    const struct linux_boot *boot);
int linux_tree_complete(void *tree, size_t space, const void *given,
			const struct jailhouse_cell_desc *cell, const struct linux_boot *boot);

#endif /* TOOLS_LINUX_TREE_H */
