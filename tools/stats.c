/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io.h"
#include "options.h"
#include "stats.h"
#include "sysfs.h"

#define PATH_LEN	128

/* No file: what the hypervisor counts in no row of the ABI; the rows are all of the total */
#define OTHER		"vmexits_other"

static const char *const abi_order[] = {
	"vmexits_total",
	"vmexits_mmio",
	"vmexits_management",
	"vmexits_hypercall",
	"vmexits_maintenance",
	"vmexits_virt_irq",
	"vmexits_virt_sgi",
	"vmexits_psci",
	"vmexits_smccc",
	OTHER,
};

static size_t abi_rank(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(abi_order); i++)
		if (!strcmp(abi_order[i], name))
			break;
	return i;
}

static int by_rank(const void *a, const void *b)
{
	size_t left = abi_rank(a), right = abi_rank(b);

	if (left != right)
		return left < right ? -1 : 1;
	return strcmp(a, b);
}

static int by_number(const void *a, const void *b)
{
	const unsigned int *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* The folder holds a file for each counter and a folder cpu<n> for each CPU. */
static void add_entry(const char *name, void *context)
{
	struct stats *stats = context;
	u64 number;

	if (!strncmp(name, "cpu", 3) &&
	    parse_number(name + 3, INT32_MAX, &number)) {
		if (stats->num_cpus < STATS_MAX_CPUS)
			stats->cpu[stats->num_cpus++] = (unsigned int)number;
	} else if (stats->num_counters < STATS_MAX_COUNTERS &&
		   strlen(name) < STATS_NAME_LEN) {
		strcpy(stats->name[stats->num_counters++], name);
	}
}

/* The ABI's counters come first, the total before all. */
static u64 rest_of_total(const u64 *values, unsigned int end)
{
	u64 rest = values[0];

	/* each is a bit younger than the total */
	for (unsigned int i = 1; i < end; i++)
		rest -= values[i] < rest ? values[i] : rest;
	return rest;
}

static int read_counters(const char *folder, struct stats *stats, u64 *values)
{
	char path[PATH_LEN];
	unsigned int i;
	int ret;

	for (i = 0; i < stats->num_counters; i++) {
		if (!strcmp(stats->name[i], OTHER)) {
			values[i] = rest_of_total(values, i);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s", folder, stats->name[i]);
		ret = sysfs_read_number(&values[i], path);
		if (ret)
			return ret;
	}
	return 0;
}

/* A CPU can leave the cell while its files are read. */
static void read_cpus(const char *folder, struct stats *stats)
{
	char path[PATH_LEN / 2];
	unsigned int i, present = 0;

	for (i = 0; i < stats->num_cpus; i++) {
		snprintf(path, sizeof(path), "%s/cpu%u", folder, stats->cpu[i]);
		if (read_counters(path, stats, stats->per_cpu[present]))
			continue;
		stats->cpu[present++] = stats->cpu[i];
	}
	stats->num_cpus = present;
}

/* Where a CPU is, -1 if it is not there. */
static int find_cpu(const struct stats *stats, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < stats->num_cpus; i++)
		if (stats->cpu[i] == cpu)
			return (int)i;
	return -1;
}

static void read_shares(unsigned int cell, struct stats *stats)
{
	char path[PATH_LEN / 4], line[4096];
	struct stats_share share;
	const char *word = line;
	unsigned int number;
	int i, length;

	snprintf(path, sizeof(path), "cells/%u/shares", cell);
	if (sysfs_read_line(line, sizeof(line), path))
		return;
	while (sscanf(word, " cpu=%u used_us=%llu total_us=%llu switches=%llu overruns=%llu longest_away_us=%llu%n",
		      &number, &share.used, &share.total, &share.switches,
		      &share.overruns, &share.longest_away, &length) == 6) {
		word += length;
		i = find_cpu(stats, number);
		if (i >= 0)
			stats->share[i] = share;
	}
}

int stats_read(unsigned int cell, struct stats *stats)
{
	char folder[PATH_LEN / 4];
	int ret;

	memset(stats, 0, sizeof(*stats));
	snprintf(folder, sizeof(folder), "cells/%u/statistics", cell);
	ret = sysfs_for_each(folder, add_entry, stats);
	if (ret)
		return ret;
	if (!stats->num_counters)
		return -ENOENT;
	add_entry(OTHER, stats);
	qsort(stats->name, stats->num_counters, STATS_NAME_LEN, by_rank);
	qsort(stats->cpu, stats->num_cpus, sizeof(stats->cpu[0]), by_number);

	stats->time = io_now();
	ret = read_counters(folder, stats, stats->total);
	if (ret)
		return ret;
	read_cpus(folder, stats);
	read_shares(cell, stats);
	return 0;
}

/* The same CPU's counters at another time, NULL if it was not there. */
static const u64 *cpu_counters(const struct stats *stats, unsigned int cpu)
{
	int found = find_cpu(stats, cpu);

	return found < 0 ? NULL : stats->per_cpu[found];
}

double stats_rate(const struct stats *now, const struct stats *before,
		  unsigned int counter, int cpu)
{
	const u64 *values = cpu < 0 ? now->total : now->per_cpu[cpu];
	const u64 *previous = cpu < 0 ? before->total :
			      cpu_counters(before, now->cpu[cpu]);
	unsigned int i;

	for (i = 0; i < before->num_counters; i++)
		if (!strcmp(before->name[i], now->name[counter]))
			break;
	if (i == before->num_counters || !previous ||
	    values[counter] < previous[i] || now->time <= before->time)
		return 0.0;
	return (double)(values[counter] - previous[i]) * 1e6 /
	       (double)(now->time - before->time);
}

double stats_percent(const struct stats *now, const struct stats *before,
		     unsigned int cpu)
{
	const struct stats_share *share = &now->share[cpu], *from;
	int found = before ? find_cpu(before, now->cpu[cpu]) : -1;
	u64 used = share->used, total = share->total;

	if (found >= 0) {
		from = &before->share[found];
		/* unless it was shared anew in between */
		if (from->used <= used && from->total < total) {
			used -= from->used;
			total -= from->total;
		}
	}
	return total ? 100.0 * (double)used / (double)total : 0.0;
}
