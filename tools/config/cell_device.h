/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CELL_DEVICE_H
#define TOOLS_CELL_DEVICE_H

#include "config/cell_plan.h"
#include "hardware/tree.h"

/*
 * Give the cell a device by its path or alias in the device tree: its registers
 * and its interrupts. @allow_dma: also one that may reach all memory. An exit code.
 */
int cell_device_add(struct cell_plan *plan, const char *name, bool allow_dma);

/* Does it need that leave? */
bool cell_device_may_do_dma(const struct tree_node *node);

/* What no cell can have of the devices: what it is, or NULL. */
const char *cell_device_kept(const struct hardware *hw, u64 start, u64 size);

/* The region that a cell is given for registers at @start, the one with @address in it. */
struct jailhouse_memory cell_device_piece(const struct tree_node *node, u64 start, u64 size,
					  u64 address);

#endif /* TOOLS_CELL_DEVICE_H */
