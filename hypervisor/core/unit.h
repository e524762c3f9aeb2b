/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include <core/cell.h>

/**
 * @file
 * Kinds of resources that cells own besides CPUs and memory: interrupts, virtual
 * devices. See "Units" in Documentation/architecture.md.
 */

/**
 * One kind. All functions have to be there.
 *
 * Units are called in the order of unit_table, at OP_INIT on the only CPU that
 * is here, later with the control lock held unless said otherwise. What may
 * refuse returns 0 or a negative errno with a sentence (refuse()), and has
 * changed nothing then; the others cannot fail.
 */
struct unit {
	/** OP_INIT: finds the hardware, changes nothing of it; may refuse. */
	int (*init)(void);
	/**
	 * A cell is being created, and root at OP_INIT: checks its configuration
	 * and allocates; takes nothing from anybody yet; may refuse.
	 */
	int (*cell_prepare)(struct cell *cell);
	/**
	 * Frees what cell_prepare made: the cell is gone, or its creation was
	 * refused, by a later unit (then backward) or for another reason. Not
	 * called after a refusal of its own.
	 */
	void (*cell_release)(struct cell *cell);
	/** root: OWNED -> cell: OWNED. The last step of a creation. */
	void (*cell_take)(struct cell *cell);
	/** cell: OWNED -> root: OWNED. The cell's CPUs are parked. */
	void (*cell_return)(struct cell *cell);
	/** Back to the state after reset, before the cell starts. */
	void (*cell_reset)(struct cell *cell);
	/**
	 * The cell has stopped or failed; CPUs of it may still run, then it is
	 * called again when they are parked. On any CPU, and without the control
	 * lock if the cell has done it by itself.
	 */
	void (*cell_stop)(struct cell *cell);
};

/** Ends with NULL; provided by the architecture (units.c). */
extern const struct unit *const unit_table[];

/**
 * Goes through unit_table from the first to the last.
 *
 * @param u	a const struct unit *, NULL at the end
 */
#define for_each_unit(u)						\
	for (const struct unit *const *__entry = unit_table;		\
	     ((u) = *__entry) != NULL; __entry++)

#endif /* CORE_UNIT_H */
