/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_STATS_PRINT_H
#define TOOLS_STATS_PRINT_H

#include "stats.h"
#include "sysfs.h"

/*
 * Print the counters of @cell on stdout: totals, and, if @before is not NULL,
 * rates since then. A cell with more than one CPU has a column for each CPU
 * (rates if there are any, else totals); columns that do not fit into @width
 * go below (0: no limit).
 */
void stats_print_table(const struct sysfs_cell *cell, const struct stats *now,
		       const struct stats *before, unsigned int width);

/* The same as one line with a JSON object. */
void stats_print_json(const struct sysfs_cell *cell, const struct stats *now,
		      const struct stats *before);

#endif /* TOOLS_STATS_PRINT_H */
