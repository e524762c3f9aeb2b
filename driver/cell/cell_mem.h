/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CELL_MEM_H
#define DRIVER_CELL_MEM_H

/* The memory of a cell. */

struct cell;
struct jailhouse_error;

/**
 * cell_mem_take() - take the memory regions of a cell from Linux, or none
 * @cell: of this cell; notes which they are
 * @err: receives the sentence of a refusal
 *
 * Return: 0, -EINTR on a signal, or another negative errno.
 */
int cell_mem_take(struct cell *cell, struct jailhouse_error *err);

/**
 * cell_mem_return() - give back what cell_mem_take() has taken
 * @cell: of this cell, which the hypervisor does not have any more
 */
void cell_mem_return(struct cell *cell);

#endif /* DRIVER_CELL_MEM_H */
