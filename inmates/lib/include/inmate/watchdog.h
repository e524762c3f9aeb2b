/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_WATCHDOG_H
#define INMATE_WATCHDOG_H

#include <jailhouse/types.h>

/*
 * From now on the root cell watches this one: when it has not been kicked for
 * so many milliseconds the cell is stopped as failed, and restarted if its
 * configuration has JAILHOUSE_CELL_RESTARTS(). It looks every 10 to 100 ms, so
 * short timeouts are noticed late. 0: it does not watch any more.
 */
void watchdog_start(u32 timeout_ms);

/* Costs no exit. From one CPU at a time, in any context. */
void watchdog_kick(void);

#endif /* INMATE_WATCHDOG_H */
