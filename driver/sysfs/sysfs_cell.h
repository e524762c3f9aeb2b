/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_CELL_H
#define DRIVER_SYSFS_CELL_H

/* The folder cells/, with a folder for each cell. */

#include <linux/types.h>

struct cell;
struct kobject;

/**
 * sysfs_cell_init() - make the folder cells/
 * @parent: in this one
 *
 * Return: 0, or -ENOMEM; sysfs_cell_exit() is good after both.
 */
int sysfs_cell_init(struct kobject *parent);
void sysfs_cell_exit(void);

/**
 * sysfs_cell_add() - make the folder of a new cell, and tell udev
 * @cell: this one; its folder owns it from here on, whatever this returns
 *
 * Return: 0, or a negative errno; then @cell is freed.
 */
int sysfs_cell_add(struct cell *cell);

/**
 * sysfs_cell_remove() - remove the folder of a cell, and tell udev
 * @cell: this one; freed as soon as nobody uses its files
 */
void sysfs_cell_remove(struct cell *cell);

/**
 * sysfs_cell_changed() - tell poll() and udev that a cell has changed its state
 * @cell: this one
 * @state: JAILHOUSE_CELL_*, the new one
 * @failure: why and where it has failed last, in words
 *
 * Context: the lock of watch.c held, for what it says of the cell; may sleep.
 */
void sysfs_cell_changed(struct cell *cell, u32 state, const char *failure);

#endif /* DRIVER_SYSFS_CELL_H */
