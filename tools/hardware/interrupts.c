/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "hardware/interrupts.h"
#include "hardware/nodes.h"

#define MAX_CELLS	8	/* of an interrupt */

/* What a node's interrupts go to; negative: nothing is said. */
static int parent_of(const struct tree_node *node)
{
	u32 phandle;

	for (; node; node = node->parent)
		if (tree_cell(node, "interrupt-parent", 0, &phandle))
			return fdt_node_offset_by_phandle(node->fdt, phandle);
	return -FDT_ERR_NOTFOUND;
}

static struct tree_node controller(const struct tree_node *node, int offset)
{
	return (struct tree_node){ .fdt = node->fdt, .offset = offset };
}

/* Cells of an interrupt at a controller; 0: it is none. */
static u32 cells_of(const struct tree_node *node, int parent)
{
	struct tree_node it = controller(node, parent);
	u32 cells;

	if (parent < 0)
		return parent == -FDT_ERR_NOTFOUND ? 3 : 0;
	return tree_cell(&it, "#interrupt-cells", 0, &cells) && cells <= MAX_CELLS ? cells : 0;
}

/* The cells of @property from @at on in the GIC's words: kind, number, trigger. */
static u32 decode(const struct tree_node *node, const char *property, unsigned int at, int parent)
{
	struct tree_node it = controller(node, parent);
	u32 kind, number;

	if ((parent >= 0 && !nodes_is_gic(&it)) || !tree_cell(node, property, at, &kind) ||
	    !tree_cell(node, property, at + 1, &number) || kind > 1)
		return 0;
	return number <= LAST_SPI - FIRST_SPI ? number + (kind ? 16 : FIRST_SPI) : 0;
}

/* Each is a controller, and as many cells as it has. */
static bool extended(const struct tree_node *node, unsigned int index, u32 *intid)
{
	const char *property = "interrupts-extended";
	unsigned int at = 0;
	u32 phandle, cells;
	int parent;

	for (;; at += 1 + cells) {
		if (!tree_cell(node, property, at, &phandle))
			return false;
		parent = fdt_node_offset_by_phandle(node->fdt, phandle);
		cells = parent < 0 ? 0 : cells_of(node, parent);
		if (!cells)
			return false;
		if (!index--)
			break;
	}
	*intid = decode(node, property, at + 1, parent);
	return true;
}

bool interrupts_of(const struct tree_node *node, unsigned int index, u32 *intid)
{
	int parent, length;
	u32 cells;

	if (fdt_getprop(node->fdt, node->offset, "interrupts-extended", &length))
		return extended(node, index, intid);
	parent = parent_of(node);
	cells = cells_of(node, parent);
	if (!cells || !fdt_getprop(node->fdt, node->offset, "interrupts", &length) ||
	    index >= (unsigned int)length / 4 / cells)
		return false;
	*intid = decode(node, "interrupts", index * cells, parent);
	return true;
}

/* "  13:   5   0   GICv3  33 Level   uart-pl011": a line of it, without its end */
static bool is_line_of(const char *line, u32 intid, char *who, size_t size)
{
	const char *chip = strstr(line, " GIC");
	int name = 0;
	u32 number;

	if (!chip || sscanf(chip, " GIC%*[-v0-9] %u %*s %n", &number, &name) != 1)
		return false;
	if (number != intid || !name)
		return false;
	snprintf(who, size, "%s", chip + name);
	return true;
}

bool interrupts_used(const char *text, u32 intid, char *who, size_t size)
{
	char line[1024];
	size_t length;

	for (; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		if (is_line_of(line, intid, who, size))
			return true;
	}
	return false;
}

struct search {
	u32 intid;
	char *path;
	size_t size;
	bool found;
};

static bool look(const struct tree_node *node, void *arg)
{
	struct search *search = arg;
	unsigned int n;
	u32 intid;

	for (n = 0; !search->found && !tree_is_disabled(node) &&
	     interrupts_of(node, n, &intid); n++)
		if (intid == search->intid &&
		    !fdt_get_path(node->fdt, node->offset, search->path, (int)search->size))
			search->found = true;
	return !search->found;
}

bool interrupts_device(const struct hardware *hardware, u32 intid, char *path, size_t size)
{
	struct search search = { .intid = intid, .path = path, .size = size };

	tree_walk(hardware->tree, look, &search);
	return search.found;
}

/* Messages of a GICv2m frame: only its registers tell which these are, if the tree does not. */
#define FRAME_SPIS	64	/* QEMU's has so many */

struct known {
	u32 highest;		/* INTID of a device */
	u32 frames;		/* that do not tell */
};

static bool compare(const struct tree_node *node, void *arg)
{
	struct known *known = arg;
	unsigned int n;
	u32 intid, first, count;

	for (n = 0; interrupts_of(node, n, &intid); n++)
		if (intid > known->highest)
			known->highest = intid;
	if (!tree_is(node, "arm,gic-v2m-frame"))
		return true;
	if (!tree_cell(node, "arm,msi-base-spi", 0, &first) ||
	    !tree_cell(node, "arm,msi-num-spis", 0, &count))
		known->frames++;
	else if (first <= LAST_SPI && count <= LAST_SPI && first + count - 1 > known->highest)
		known->highest = first + count - 1;
	return true;
}

/* Above what is known, and what a frame may have */
static u32 first_unknown(const struct hardware *hw)
{
	struct known known = { .highest = FIRST_SPI - 1 };

	tree_walk(hw->tree, compare, &known);
	return known.highest + 1 + known.frames * FRAME_SPIS;
}

static bool is_free(const struct hardware *hw, u32 intid, const u32 taken[INTERRUPTS_WORDS])
{
	char who[128];

	return !(taken[intid / 32] >> intid % 32 & 1) &&
	       !(hw->interrupts && interrupts_used(hw->interrupts, intid, who, sizeof(who))) &&
	       !interrupts_device(hw, intid, who, sizeof(who));
}

static u32 find_from(const struct hardware *hw, u32 first, u32 count,
		     const u32 taken[INTERRUPTS_WORDS])
{
	u32 found = 0, intid;

	for (intid = first; intid <= LAST_SPI && found < count; intid++)
		found = is_free(hw, intid, taken) ? found + 1 : 0;
	return found == count ? intid - count : 0;
}

u32 interrupts_find(const struct hardware *hardware, u32 count,
		    const u32 taken[INTERRUPTS_WORDS])
{
	u32 first = find_from(hardware, first_unknown(hardware), count, taken);

	return first ? first : find_from(hardware, FIRST_SPI, count, taken);
}
