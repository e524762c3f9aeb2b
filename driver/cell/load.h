/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_LOAD_H
#define DRIVER_LOAD_H

/* Images, loaded into a cell's memory. */

#include <linux/types.h>

struct cell;
struct jailhouse_cell_load;
struct jailhouse_error;

/**
 * load_cell() - the ioctl
 * @arg: struct jailhouse_cell_load in user space
 * @err: receives the sentence of a refusal
 *
 * The cell is shut down, also if there is no image.
 *
 * Return: 0, -EINTR on a signal, or another negative errno. If images were
 * refused before anything was copied, what was loaded earlier is still there;
 * otherwise the cell cannot be started.
 */
int load_cell(const struct jailhouse_cell_load __user *arg,
	      struct jailhouse_error *err);

/**
 * load_place() - where an image is
 * @cell: in this cell
 * @target: guest-physical address
 * @size: bytes
 *
 * Return: the physical address; 0 if no loadable region has all of it.
 */
u64 load_place(const struct cell *cell, u64 target, u64 size);

#endif /* DRIVER_LOAD_H */
