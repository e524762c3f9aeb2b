/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_COMM_H
#define CORE_COMM_H

#include <core/cell.h>

/* The communication region: a cell's view of the hypervisor (ABI, section 3). */

/* Fills the region in anew, for a cell that is about to start. */
void comm_reset(struct cell *cell);

/*
 * The state that the cell has written, checked: an unknown value counts as
 * JAILHOUSE_CELL_FAILED_COMM_REV.
 */
u32 comm_state(const struct cell *cell);
/* State and watchdog in one, as CELL_WATCH gives them. */
s64 comm_watch(const struct cell *cell);
void comm_set_state(struct cell *cell, u32 state);
bool comm_is_running(const struct cell *cell); /* no terminal state */

/*
 * One step of asking the cell to shut down: 0 it may be stopped, else refused:
 * -EAGAIN not answered yet, -EPERM denied, -ETIMEDOUT (request withdrawn).
 */
int comm_ask_shutdown(struct cell *cell);
void comm_cancel(struct cell *cell);

/* Tells all other running cells that the set of cells has changed. */
void comm_reconfigured(const struct cell *except);

#endif /* CORE_COMM_H */
