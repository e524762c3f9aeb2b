/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_RESTART_H
#define DRIVER_RESTART_H

/* Copies of a cell's images, and starting it anew from them. */

#include <linux/types.h>

struct cell;
struct jailhouse_cell_id;
struct jailhouse_error;

/**
 * restart_copy() - make room for a copy of an image that is being loaded
 * @cell: into this cell
 * @target: guest-physical address
 * @size: bytes
 *
 * Return: where to copy it to; NULL: there is none, as it would be too large or
 * Linux has no memory.
 */
char *restart_copy(struct cell *cell, u64 target, u64 size);

/**
 * restart_drop_last() - the image of the last restart_copy() was not loaded
 * @cell: of this cell
 *
 * Context: main_lock held, restart_copy() has not returned NULL.
 */
void restart_drop_last(struct cell *cell);

/**
 * restart_forget() - drop all copies
 * @cell: of this cell
 */
void restart_forget(struct cell *cell);

/**
 * restart_again() - start a cell that has failed or is stopped from its images
 * @cell: this one; nothing of its old life is left
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then the cell is stopped.
 */
int restart_again(struct cell *cell, struct jailhouse_error *err);

/**
 * restart_cell() - shut a cell down and start it again
 * @cell: not root
 * @force: without asking it
 * @err: receives the sentence of a refusal
 *
 * Return: 0, -EINTR on a signal, or another negative errno.
 */
int restart_cell(struct cell *cell, bool force, struct jailhouse_error *err);

#endif /* DRIVER_RESTART_H */
