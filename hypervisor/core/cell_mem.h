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
/* Builds the cell's stage 2 and MMIO regions; splits root's blocks. */
int cell_mem_prepare(struct cell *cell);
/* Frees what prepare made (for a cell that is not, or no longer, in use). */
void cell_mem_release(struct cell *cell);
/* root: OWNED -> none */
void cell_mem_take_from_root(struct cell *cell);
/*
 * One step of clearing, of a millisecond at most: RAM of a cell that is prepared and
 * that the driver has not cleared, and the memory of its links, if they begin. It may
 * be root's still: what root writes meanwhile is its own. -ERESTART: there is more;
 * -EIO (refused): nothing answers there.
 */
int cell_mem_clear_for_cell(struct cell *cell);
/*
 * The same for RAM of a cell that is stopped which the driver will not clear; ends
 * BORROWED. It begins anew when the cell or root could write. 0 or -ERESTART.
 */
int cell_mem_clear_for_root(struct cell *cell);
/* The part of a step that is in this range. 0, or as cell_mem_clear_for_cell(). */
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
/* CELLBLOCK_HC_ROOT_MEMORY; -EINVAL: beyond what root can have. The same locks. */
s64 cell_mem_root_part(u64 pa);

/*
 * After a translation fault of this vcpu at @addr: true if its cell's tables allow
 * the access now, that is, it came in the middle of an update and can be repeated.
 * Once for each update: what faults again without one has another cause.
 */
bool cell_mem_recheck(struct vcpu *vcpu, u64 addr, bool is_write, bool is_exec);

/* The name of the cell other than root that has @pa for itself; false: none. */
bool cell_mem_owner(u64 pa, char name[JAILHOUSE_CELL_NAME_MAXLEN + 1]);

#endif /* CORE_CELL_MEM_H */
