/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_REMOTE_H
#define DRIVER_REMOTE_H

/*
 * File descriptors for the windows of cells (uapi/cellblock-remote.h). The lock of
 * remote.c is inside main_lock and mmap_lock, and outside of the lock of cell/watch.c and of
 * the gate of el2/hyp.c.
 */

struct cell;
struct file;
struct jailhouse_error;

/**
 * remote_open() - make the file descriptor for a cell's windows
 * @cell: not root
 * @opener: of /dev/jailhouse
 * @err: receives the sentence of a refusal
 *
 * Return: it, or a negative errno.
 */
int remote_open(struct cell *cell, struct file *opener, struct jailhouse_error *err);

/**
 * remote_cell_stopped() - a cell's devices are to be as after power-on
 * @cell: stopped, and nothing is loaded yet
 *
 * Nothing that is under way for its former life reaches its memory any more.
 */
void remote_cell_stopped(struct cell *cell);

/**
 * remote_cell_goes() - a cell is about to be destroyed
 * @cell: stopped; nobody answers for it any more
 */
void remote_cell_goes(struct cell *cell);

#endif /* DRIVER_REMOTE_H */
