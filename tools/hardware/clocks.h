/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CLOCKS_H
#define TOOLS_CLOCKS_H

#include "hardware/tree.h"

/*
 * The offset of the node that provides the device's next clock that can be switched, from
 * cell *cell of its "clocks" on, which is moved behind it; negative: there is no more.
 */
int clocks_next(const struct tree_node *node, unsigned int *cell);

#endif /* TOOLS_CLOCKS_H */
