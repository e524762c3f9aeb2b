/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_TURNS_H
#define TOOLS_TURNS_H

/* The last turns of cells on CPUs that they share with Linux. */

#include <stdbool.h>
#include <stddef.h>

#include <uapi/jailhouse.h>

#include "sysfs.h"

struct turn {
	u64 begin, end;		/* nanoseconds of the system counter */
};

/* Of a cell on a CPU, in their order. */
struct turns {
	const struct sysfs_cell *cell;
	unsigned int cpu;
	bool runs;		/* one more has begun after the last of them */
	bool all;		/* there was none before */
	unsigned int count;
	struct turn turn[JAILHOUSE_CPU_TURNS];
};

/* What the driver says of a CPU, put in order. */
void turns_sort(struct turns *turns, const struct jailhouse_cpu_turns *from);

/*
 * Those of all @cells, to be freed, by CPU and then as the cells are; EXIT_DONE, or
 * EXIT_REFUSED (said).
 */
int turns_read(const struct sysfs_cell *cells, size_t num_cells,
	       struct turns **turns, size_t *count);

#endif /* TOOLS_TURNS_H */
