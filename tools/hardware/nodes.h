/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_NODES_H
#define TOOLS_NODES_H

#include "hardware/hardware.h"
#include "hardware/tree.h"

/* Puts what a node is into @arg, a struct hardware; for tree_walk(). */
bool nodes_visit(const struct tree_node *node, void *arg);

/* Is it a GIC that is known here? */
bool nodes_is_gic(const struct tree_node *node);

/* A node's UART with what a configuration says of it; false: it is none. */
bool uart_of_node(const struct tree_node *node, struct hardware_uart *uart);

#endif /* TOOLS_NODES_H */
