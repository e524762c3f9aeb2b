/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include <core/cell.h>

/*
 * A kind of resource that cells own besides CPUs and memory. Units are set up
 * in the order of unit_table and unwound backward.
 */
struct unit {
	/* OP_INIT: finds the hardware, changes nothing of it; may refuse */
	int (*init)(void);
	/* may refuse; takes nothing from anybody yet */
	int (*cell_prepare)(struct cell *cell);
	/* frees what cell_prepare made */
	void (*cell_release)(struct cell *cell);
	/* root: OWNED -> cell: OWNED; cannot fail */
	void (*cell_take)(struct cell *cell);
	/* cell: OWNED -> root: OWNED; CPUs are parked; cannot fail */
	void (*cell_return)(struct cell *cell);
	/* back to the state after reset, before the cell starts */
	void (*cell_reset)(struct cell *cell);
	/*
	 * The cell has stopped or failed; CPUs of it may still run, then it is
	 * called again when they are parked. On any CPU, without the control lock.
	 */
	void (*cell_stop)(struct cell *cell);
};

/* Ends with NULL; provided by the architecture (units.c). */
extern const struct unit *const unit_table[];

#define for_each_unit(u)						\
	for (const struct unit *const *__entry = unit_table;		\
	     ((u) = *__entry) != NULL; __entry++)

#endif /* CORE_UNIT_H */
