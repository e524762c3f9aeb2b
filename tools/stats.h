/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_STATS_H
#define TOOLS_STATS_H

/* Counters of a cell, as read at one time. */

#include <stdbool.h>

#include <jailhouse/types.h>

#define STATS_MAX_COUNTERS	32
#define STATS_MAX_CPUS		64
#define STATS_NAME_LEN		32

/* What a cell has had of a CPU that it shares; total 0: it does not. */
struct stats_share {
	u64 used, total;	/* microseconds, since it began to share it */
	u64 switches;
	u64 overruns;
	u64 longest_away;	/* microseconds */
};

struct stats {
	u64 time;		/* microseconds */
	unsigned int num_counters;
	unsigned int num_cpus;
	char name[STATS_MAX_COUNTERS][STATS_NAME_LEN];
	unsigned int cpu[STATS_MAX_CPUS];	/* ascending */
	u64 total[STATS_MAX_COUNTERS];
	u64 per_cpu[STATS_MAX_CPUS][STATS_MAX_COUNTERS];
	struct stats_share share[STATS_MAX_CPUS];
};

/*
 * Read all counters that the driver shows: those of the ABI in its order, vmexits_other
 * (what the total has beyond them), then others by name. 0, or a negative errno
 * (-ENOENT: the cell is gone).
 */
int stats_read(unsigned int cell, struct stats *stats);

/*
 * Events per second of @counter of @now since @before: of the cell (@cpu -1)
 * or of now->cpu[@cpu]. 0 for a counter or CPU that was not there before, and
 * where a CPU that left the cell has taken its events along.
 */
double stats_rate(const struct stats *now, const struct stats *before,
		  unsigned int counter, int cpu);

/* Percent of the time of now->cpu[@cpu], since @before or, if it is NULL, ever since. */
double stats_percent(const struct stats *now, const struct stats *before,
		     unsigned int cpu);

#endif /* TOOLS_STATS_H */
