/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <string.h>

#include <libfdt.h>

#include "hardware/tree.h"

#define PCI_CELLS	3	/* of an address on a PCI bus */

const char *tree_check(const void *fdt, size_t size)
{
	int error;

	if (size < sizeof(struct fdt_header))
		return "it is shorter than a device tree's header";
	if (fdt_magic(fdt) != FDT_MAGIC)
		return "it does not begin as a device tree does (0xd00dfeed)";
	if (fdt_totalsize(fdt) > size)
		return "it is truncated: its header announces more";
	error = fdt_check_full(fdt, size);
	return error ? fdt_strerror(error) : NULL;
}

/* 0 or too much: the children have no addresses that we can read. */
static unsigned int count_of(const void *fdt, int offset, const char *property,
			     unsigned int fallback, unsigned int max)
{
	const fdt32_t *cell;
	unsigned int count;
	int length;

	cell = fdt_getprop(fdt, offset, property, &length);
	if (!cell)
		return fallback;
	count = length >= 4 ? fdt32_to_cpu(*cell) : 0;
	return count <= max ? count : 0;
}

static void walk(const void *fdt, int offset, const struct tree_node *parent,
		 unsigned int depth,
		 bool (*visit)(const struct tree_node *node, void *arg), void *arg)
{
	struct tree_node node = {
		.fdt = fdt,
		.parent = parent,
		.offset = offset,
		.name = fdt_get_name(fdt, offset, NULL),
		.address_cells = count_of(fdt, offset, "#address-cells", 2, PCI_CELLS),
		.size_cells = count_of(fdt, offset, "#size-cells", 1, 2),
	};
	int child;

	if (!node.name || depth > TREE_DEPTH || !visit(&node, arg))
		return;
	for (child = fdt_first_subnode(fdt, offset); child >= 0;
	     child = fdt_next_subnode(fdt, child))
		walk(fdt, child, &node, depth + 1, visit, arg);
}

void tree_walk(const void *fdt, bool (*visit)(const struct tree_node *node, void *arg),
	       void *arg)
{
	walk(fdt, 0, NULL, 0, visit, arg);
}

int tree_find(const void *fdt, const char *name)
{
	int length = (int)strcspn(name, ":"), alias = (int)strcspn(name, ":/");
	int aliases, size, node;
	const char *path;

	if (name[0] == '/')
		return fdt_path_offset_namelen(fdt, name, length);
	aliases = fdt_path_offset(fdt, "/aliases");
	path = aliases < 0 ? NULL : fdt_getprop_namelen(fdt, aliases, name, alias, &size);
	if (!path || size < 2 || path[0] != '/' || path[size - 1])
		return -FDT_ERR_NOTFOUND;
	node = fdt_path_offset(fdt, path);
	/* what is after the alias would be below the node: no UART is */
	return length == alias ? node : -FDT_ERR_NOTFOUND;
}

bool tree_is(const struct tree_node *node, const char *compatible)
{
	return !fdt_node_check_compatible(node->fdt, node->offset, compatible);
}

int tree_is_any(const struct tree_node *node, const char *const *list)
{
	int n;

	for (n = 0; list[n]; n++)
		if (tree_is(node, list[n]))
			return n;
	return -1;
}

const char *tree_string(const struct tree_node *node, const char *property)
{
	const char *text;
	int length;

	text = fdt_getprop(node->fdt, node->offset, property, &length);
	return text && length > 0 && !text[length - 1] ? text : NULL;
}

bool tree_cell(const struct tree_node *node, const char *property, unsigned int index,
	       u32 *value)
{
	const fdt32_t *cells;
	int length;

	cells = fdt_getprop(node->fdt, node->offset, property, &length);
	if (!cells || index >= (unsigned int)length / 4)
		return false;
	*value = fdt32_to_cpu(cells[index]);
	return true;
}

bool tree_is_disabled(const struct tree_node *node)
{
	const char *status = tree_string(node, "status");

	return status && strcmp(status, "okay") && strcmp(status, "ok");
}

/* Of more than two cells the last two: the first of a PCI address is its kind. */
static u64 number(const fdt32_t *cells, unsigned int count)
{
	u64 value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cells++);
	return value;
}

/* @address on the bus @bus -> on the one above; false: not to be seen there. */
static bool translate_once(const struct tree_node *bus, u64 *address)
{
	unsigned int child = bus->address_cells, parent = bus->parent->address_cells;
	unsigned int entry = child + parent + bus->size_cells;
	u64 from, size, to, last = parent == 1 ? 0xffffffff : ~0ULL;
	const fdt32_t *cells;
	int length;

	cells = fdt_getprop(bus->fdt, bus->offset, "ranges", &length);
	if (!cells)
		return false;
	if (!length)
		return true;
	for (; length >= (int)(4 * entry); length -= (int)(4 * entry), cells += entry) {
		from = number(cells, child);
		size = number(cells + child + parent, bus->size_cells);
		if (*address - from >= size)
			continue;
		to = number(cells + child, parent);
		/* no bus has addresses beyond its last one */
		if (*address - from > last - to)
			return false;
		*address = *address - from + to;
		return true;
	}
	return false;
}

/* @address on @bus -> as the CPUs have it. */
static u64 translate(const struct tree_node *bus, u64 address)
{
	for (; bus->parent; bus = bus->parent)
		/* an address of three cells has a kind besides */
		if (!bus->address_cells || bus->address_cells == PCI_CELLS ||
		    !translate_once(bus, &address))
			return TREE_NOWHERE;
	return address;
}

bool tree_reg(const struct tree_node *node, unsigned int index, u64 *start, u64 *size)
{
	const struct tree_node *bus = node->parent;
	const fdt32_t *cells;
	unsigned int entry;
	int length;

	if (!bus || !bus->address_cells)
		return false;
	entry = bus->address_cells + bus->size_cells;
	cells = fdt_getprop(node->fdt, node->offset, "reg", &length);
	if (!cells || index >= (unsigned int)length / 4 / entry)
		return false;
	cells += index * entry;
	*size = number(cells + bus->address_cells, bus->size_cells);
	*start = translate(bus, number(cells, bus->address_cells));
	return true;
}

bool tree_window(const struct tree_node *node, unsigned int index, u64 *start, u64 *size)
{
	unsigned int parent, entry;
	const fdt32_t *cells;
	int length;

	if (!node->parent || node->address_cells != PCI_CELLS)
		return false;
	parent = node->parent->address_cells;
	entry = PCI_CELLS + parent + node->size_cells;
	cells = fdt_getprop(node->fdt, node->offset, "ranges", &length);
	if (!cells || index >= (unsigned int)length / 4 / entry)
		return false;
	cells += index * entry + PCI_CELLS;
	*start = translate(node->parent, number(cells, parent));
	*size = number(cells + parent, node->size_cells);
	return true;
}
