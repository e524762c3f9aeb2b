/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_CELL_MEM_H
#define CORE_CELL_MEM_H

#include <core/cell.h>

/*
 * Ownership of memory. A physical page is the root cell's, or one other
 * cell's, or the hypervisor's; ROOTSHARED regions stay root's as well.
 *
 *   create	root: OWNED  -> root: none, cell: OWNED
 *   loadable	cell: OWNED  -> cell: OWNED, root: BORROWED (CPUs parked)
 *   start	cell: OWNED, root: BORROWED -> cell: OWNED
 *   destroy	cell: OWNED  -> root: OWNED, as far as root's configuration goes
 *
 * prepare may fail and changes no translation; what follows it cannot fail.
 */

/* Builds root's stage 2 from its configuration. */
int cell_mem_init_root(void);

/* Is none of the regions what the hypervisor itself provides? */
int cell_mem_check(const struct jailhouse_cell_desc *config);
/*
 * Builds the cell's stage 2 and MMIO regions; splits root's blocks; clears RAM of
 * the cell that root's configuration lacks.
 */
int cell_mem_prepare(struct cell *cell);
/* Frees what prepare made (for a cell that is not, or no longer, in use). */
void cell_mem_release(struct cell *cell);
/* root: OWNED -> none. Clears RAM that the driver has not. */
void cell_mem_take_from_root(struct cell *cell);
/* Clears RAM of the cell, which is stopped, that root cannot borrow. */
void cell_mem_clear_unlendable(const struct cell *cell);
/* Clears also what root would neither see nor clear when it gets the rest. */
void cell_mem_clear_for_root(const struct cell *cell);
/* Clears memory that nobody has. 0 or -EIO (refused): nothing answers there. */
int cell_mem_clear(u64 pa, u64 size);
/* none -> root: OWNED; also ends BORROWED */
void cell_mem_return_to_root(struct cell *cell);
/* root: none -> BORROWED for LOADABLE regions. 0 or -ENOMEM. */
int cell_mem_lend(struct cell *cell);
void cell_mem_reclaim(struct cell *cell);

/*
 * Is [pa, pa + size) memory, not device registers, that the root cell owns now?
 * Under the control lock or root's mm_lock: root's tables change under both.
 */
bool cell_mem_root_owns(u64 pa, u64 size);

/*
 * After a translation fault of this vcpu at @addr: true if its cell's tables allow
 * the access now, that is, it came in the middle of an update and can be repeated.
 * Once for each update: what faults again without one has another cause.
 */
bool cell_mem_recheck(struct vcpu *vcpu, u64 addr, bool is_write, bool is_exec);

/* The name of the cell other than root that has @pa for itself; false: none. */
bool cell_mem_owner(u64 pa, char name[JAILHOUSE_CELL_NAME_MAXLEN + 1]);

#endif /* CORE_CELL_MEM_H */
