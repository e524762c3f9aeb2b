/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_WATCH_H
#define DRIVER_WATCH_H

/*
 * Cells that change their state by themselves. All changes of state are told
 * from here, by sysfs and uevents. Has a lock of its own, inside main_lock.
 */

#include <linux/list.h>
#include <linux/types.h>

#include <cellblock/guest_fault.h>
#include <cellblock/loader.h>

struct cell;
struct cpumask;

/* for a sentence that says all of it */
#define WATCH_FAILURE_LEN	(256 + 256)

/**
 * struct cell_watch - what is known of a cell's state
 * @node: in the list of watched cells
 * @live: it runs, so its state can change by itself
 * @failed: until somebody stops or starts it
 * @restart: it is to be restarted
 * @reset: because its guest wants that, and not because it has failed
 * @restart_at: not before then (ms since boot)
 * @state: JAILHOUSE_CELL_*, as seen last
 * @told: JAILHOUSE_CELL_*, as told others last
 * @timeout: of its watchdog (ms; 0: it has none), as seen last
 * @kicks: count of its kicks, as seen last
 * @kicked: when @timeout or @kicks was seen to change last (ms since boot)
 * @restarts: that nobody has asked for, ever
 * @in_a_row: of these, since somebody started it
 * @failure: why it has failed last, in words
 * @fault: and where, as the hypervisor has recorded it
 * @guest: the same, as the cell itself says
 * @first: why and where it has failed first, since somebody started it
 *
 * Private to watch.c and under its lock, but for @failed and @restarts.
 */
struct cell_watch {
	struct list_head node;
	bool live;
	bool failed;
	bool restart;
	bool reset;
	u64 restart_at;
	u32 state, told;
	u32 timeout, kicks;
	u64 kicked;
	unsigned int restarts;
	unsigned int in_a_row;
	char failure[256];
	struct cellblock_fault fault;
	struct cellblock_guest_fault guest;
	char first[WATCH_FAILURE_LEN];
};

/**
 * watch_add() - there is a new cell, shut down
 * @cell: which stays until watch_remove()
 */
void watch_add(struct cell *cell);
void watch_remove(struct cell *cell);

/**
 * watch_started() - a cell was started
 * @cell: this one
 * @again: it was a restart that nobody has asked for
 */
void watch_started(struct cell *cell, bool again);

/**
 * watch_stopped() - somebody has stopped a cell
 * @cell: this one
 */
void watch_stopped(struct cell *cell);

/**
 * watch_expired() - a watchdog that the cell has in root says that it has failed
 * @cell: this one, which is ended if it runs
 *
 * Context: main_lock is not needed, takes the lock of watch.c; may sleep.
 */
void watch_expired(struct cell *cell);

/**
 * watch_has_failed() - was a cell found failed, whatever the hypervisor says?
 * @cell: this one
 *
 * Context: any, no lock needed.
 */
bool watch_has_failed(const struct cell *cell);

/**
 * watch_restarts() - restarts of a cell that nobody has asked for, ever
 * @cell: this one
 *
 * Context: any, no lock needed.
 */
unsigned int watch_restarts(const struct cell *cell);

/**
 * watch_failed_cpus() - the CPUs that the hypervisor has stopped for a fault
 * @cell: of this cell
 * @failed: receives them
 *
 * Context: no lock needed; may sleep.
 */
void watch_failed_cpus(const struct cell *cell, struct cpumask *failed);

/**
 * watch_failure() - why and where a cell has failed last, in words
 * @cell: this one
 * @text: receives it; empty if it has not since it was started
 *
 * Context: main_lock is not needed, takes the lock of watch.c; may sleep.
 */
void watch_failure(struct cell *cell, char text[WATCH_FAILURE_LEN]);

/**
 * watch_first_failure() - the first of the failures since somebody started a cell
 * @cell: this one
 * @text: receives it; empty if there was none
 *
 * Context: as watch_failure().
 */
void watch_first_failure(struct cell *cell, char text[WATCH_FAILURE_LEN]);

/**
 * watch_fault() - where it has failed last, as NAME=VALUE, separated by spaces
 * @cell: this one
 * @text: receives what the hypervisor has recorded, or else what the cell says
 * @size: of @text
 *
 * Return: the number of characters. Context: as watch_failure().
 */
int watch_fault(struct cell *cell, char *text, size_t size);

/**
 * watch_exit() - look no more
 *
 * Context: main_lock held, there are no cells any more; may sleep.
 */
void watch_exit(void);

#endif /* DRIVER_WATCH_H */
