/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_WATCHDOG_H
#define INMATE_WATCHDOG_H

#include <jailhouse/types.h>

/**
 * @file
 * Being watched by the root cell. See Documentation/cells.md.
 */

/**
 * From now on the root cell watches this one: when it has not been kicked for
 * so long the cell is stopped as failed, and restarted if its configuration has
 * JAILHOUSE_CELL_RESTARTS().
 *
 * @param timeout_ms	milliseconds; root looks every 10 to 100 ms, so short ones
 *	are noticed late. 0: it does not watch any more
 */
void watchdog_start(u32 timeout_ms);

/** Lives. Costs no exit. From one CPU at a time, in any context. */
void watchdog_kick(void);

#endif /* INMATE_WATCHDOG_H */
