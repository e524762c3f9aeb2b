/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CELLS_H
#define DRIVER_CELLS_H

/* The cells there are; while the hypervisor is enabled, root is one of them. */

#include <linux/types.h>

struct cell;
struct cpumask;
struct jailhouse_cell_desc;
struct jailhouse_cell_id;
struct jailhouse_error;
struct jailhouse_pci_device;

/**
 * cells_add() - there is a new cell
 * @cell: this one; the first is root
 */
void cells_add(struct cell *cell);
void cells_remove(struct cell *cell);

/**
 * cells_root() - the root cell
 *
 * Return: NULL if it was not added yet.
 */
struct cell *cells_root(void);

/**
 * cells_next() - to look at all cells but root
 * @cell: one of them; NULL: before the first
 *
 * Return: the next; NULL: there is none.
 */
struct cell *cells_next(struct cell *cell);

/**
 * cells_check_new() - can a new cell exist beside all that there are?
 * @desc: its configuration, of which nothing was taken from Linux yet
 * @err: receives the sentence of a refusal
 *
 * The hypervisor asks the same again.
 *
 * Return: 0, or a negative errno.
 */
int cells_check_new(const struct jailhouse_cell_desc *desc,
		    struct jailhouse_error *err);

/**
 * cells_shared_alone() - CPUs that one cell shares with Linux, and no other cell
 * @cell: this one, added or not
 * @cpus: receives them
 */
void cells_shared_alone(const struct cell *cell, struct cpumask *cpus);

/**
 * cells_find() - the cell that a program means
 * @id: its name or number
 * @ret: receives 0 or a negative errno
 * @err: receives the sentence of a refusal
 *
 * Return: the cell, never root; NULL with *@ret set.
 */
struct cell *cells_find(const struct jailhouse_cell_id *id, int *ret,
			struct jailhouse_error *err);

/**
 * cells_free_id() - the lowest number that no cell has
 */
u32 cells_free_id(void);

/**
 * cells_have_link() - has a cell other than root an end of a link?
 * @link: root's end of it
 * @but: not asked
 */
bool cells_have_link(const struct jailhouse_pci_device *link,
		     const struct cell *but);

#endif /* DRIVER_CELLS_H */
