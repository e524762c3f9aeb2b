/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef VDEV_REMOTE_H
#define VDEV_REMOTE_H

/*
 * Windows of a cell whose accesses a program in root answers, by a page that both
 * share (cellblock/remote.h). Nothing that root writes there is trusted: of an access,
 * the value and the state are read, once each.
 */

#include <core/cell.h>

/*
 * A window of a cell that is being created, and the page with the first: 0, -ENOMEM, or as
 * mmio_register() says. In any case remote_release() follows.
 */
int remote_register(struct cell *cell, const struct jailhouse_memory *mem);

/* Takes back the page of a cell that has one, and that nobody finds any more. */
void remote_release(struct cell *cell);

/*
 * The hypercalls of the same names (cellblock/loader.h), of root. Without the control
 * lock: they do not wait for those that manage cells.
 */
s64 remote_attach(u64 id, u64 how);
s64 remote_notify(u64 id, u64 range);
s64 remote_irq(u64 id, u64 irq);

/* Whether the cell's program says the time of root. */
bool remote_has_clock(const struct cell *cell);

/*
 * Has it say the time, as an access is answered: CLOCK_REALTIME in ns, and *@counter at that
 * time. Less than 0: it does not. Both are root's words, of any value.
 */
s64 remote_time(u64 *counter);

#endif /* VDEV_REMOTE_H */
