/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_TREE_H
#define TOOLS_TREE_H

/* Reading a device tree: its nodes, and addresses as the CPUs have them. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>

/* A node that is visited, with those above it. */
struct tree_node {
	const void *fdt;
	const struct tree_node *parent;		/* NULL: the root node */
	int offset;
	const char *name;
	/* of its children's addresses */
	unsigned int address_cells, size_cells;
};

/*
 * Calls @visit for each node, parents first; false: its children are skipped.
 * The tree must have passed tree_check(). Nodes deeper than TREE_DEPTH are
 * skipped.
 */
#define TREE_DEPTH	32
void tree_walk(const void *fdt, bool (*visit)(const struct tree_node *node, void *arg),
	       void *arg);

/* NULL if these are the bytes of a device tree, or what is wrong with them. */
const char *tree_check(const void *fdt, size_t size);

/*
 * The offset of a node by its path or its alias, up to a ':'; negative: none.
 * (libfdt's own function follows an alias of itself for ever.)
 */
int tree_find(const void *fdt, const char *name);

/* Is @compatible one of the node's? */
bool tree_is(const struct tree_node *node, const char *compatible);
/* The first of its that is in @list, which ends with NULL: the index, or -1. */
int tree_is_any(const struct tree_node *node, const char *const *list);
/* A property that is a string; NULL: it has none. */
const char *tree_string(const struct tree_node *node, const char *property);
/* Number @index of a property of 32-bit cells; false: it has none. */
bool tree_cell(const struct tree_node *node, const char *property, unsigned int index,
	       u32 *value);
/* Firmware may use the node, Linux does not. */
bool tree_is_disabled(const struct tree_node *node);

/*
 * Entry @index of its reg; false: there is none. TREE_NOWHERE in *start: its
 * address is none of the CPUs' (of an I2C device, say), or the tree does not
 * tell.
 */
#define TREE_NOWHERE	(~0ULL)
bool tree_reg(const struct tree_node *node, unsigned int index, u64 *start, u64 *size);

/* Entry @index of a PCI host's windows, as the CPUs see it; false: there is none. */
bool tree_window(const struct tree_node *node, unsigned int index, u64 *start, u64 *size);

#endif /* TOOLS_TREE_H */
