/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CELL_DEVICE_H
#define TOOLS_CELL_DEVICE_H

#include "config/cell_plan.h"

/*
 * Give the cell a device by its path or alias in the device tree: its registers
 * and its interrupts. @allow_dma: also one that may reach all memory. An exit code.
 */
int cell_device_add(struct cell_plan *plan, const char *name, bool allow_dma);

#endif /* TOOLS_CELL_DEVICE_H */
