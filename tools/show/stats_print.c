/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include "show/json.h"
#include "show/stats_print.h"

#define NAME_WIDTH	22
#define TOTAL_WIDTH	14
#define RATE_WIDTH	14
#define CPU_WIDTH	12

static void print_cpu_heads(const struct stats *now, bool rates,
			    unsigned int first, unsigned int end)
{
	char head[24];

	for (; first < end; first++) {
		snprintf(head, sizeof(head), "CPU%u%s", now->cpu[first],
			 rates ? "/s" : "");
		printf("%*s", CPU_WIDTH, head);
	}
	putchar('\n');
}

static void print_cpu_values(const struct stats *now,
			     const struct stats *before, unsigned int counter,
			     unsigned int first, unsigned int end)
{
	for (; first < end; first++) {
		if (before)
			printf("%*.1f", CPU_WIDTH,
			       stats_rate(now, before, counter, (int)first));
		else
			printf("%*llu", CPU_WIDTH,
			       now->per_cpu[first][counter]);
	}
	putchar('\n');
}

/* How many CPU columns fit after @used columns of text; at least one. */
static unsigned int cpus_fitting(unsigned int width, unsigned int used)
{
	if (!width)
		return STATS_MAX_CPUS;
	if (width < used + CPU_WIDTH)
		return 1;
	return (width - used) / CPU_WIDTH;
}

static void print_main_block(const struct stats *now,
			     const struct stats *before, unsigned int cpus)
{
	unsigned int i;

	printf("%-*s%*s", NAME_WIDTH, "COUNTER", TOTAL_WIDTH, "TOTAL");
	if (before)
		printf("%*s", RATE_WIDTH, "PER SECOND");
	print_cpu_heads(now, before != NULL, 0, cpus);

	for (i = 0; i < now->num_counters; i++) {
		printf("%-*s%*llu", NAME_WIDTH, now->name[i], TOTAL_WIDTH,
		       now->total[i]);
		if (before)
			printf("%*.1f", RATE_WIDTH,
			       stats_rate(now, before, i, -1));
		print_cpu_values(now, before, i, 0, cpus);
	}
}

static void print_cpu_block(const struct stats *now, const struct stats *before,
			    unsigned int first, unsigned int end)
{
	unsigned int i;

	printf("\n%-*s", NAME_WIDTH, "COUNTER");
	print_cpu_heads(now, before != NULL, first, end);
	for (i = 0; i < now->num_counters; i++) {
		printf("%-*s", NAME_WIDTH, now->name[i]);
		print_cpu_values(now, before, i, first, end);
	}
}

static bool shares_any(const struct stats *stats)
{
	for (unsigned int cpu = 0; cpu < stats->num_cpus; cpu++)
		if (stats->share[cpu].total)
			return true;
	return false;
}

static void print_shares(const struct stats *now, const struct stats *before)
{
	const struct stats_share *share;

	printf("\n%-*s%9s%13s%12s%20s\n", NAME_WIDTH - 8, "SHARED CPU", "SHARE", "SWITCHES",
	       "OVERRUNS", "LONGEST AWAY (us)");
	for (unsigned int cpu = 0; cpu < now->num_cpus; cpu++) {
		share = &now->share[cpu];
		if (share->total)
			printf("CPU%-*u%7.2f %%%13llu%12llu%20llu\n", NAME_WIDTH - 11,
			       now->cpu[cpu], stats_percent(now, before, cpu),
			       share->switches, share->overruns, share->longest_away);
	}
}

void stats_print_table(const struct sysfs_cell *cell, const struct stats *now,
		       const struct stats *before, unsigned int width)
{
	unsigned int used = NAME_WIDTH + TOTAL_WIDTH +
			    (before ? RATE_WIDTH : 0);
	unsigned int first, end, fitting;
	/* with one CPU its column would only repeat the sum */
	unsigned int cpus = now->num_cpus > 1 ? now->num_cpus : 0;

	printf("Cell %u \"%s\", %s", cell->id, cell->name, cell->state);
	if (*cell->cpus_assigned)
		printf(", CPUs %s", cell->cpus_assigned);
	if (*cell->cpus_shared)
		printf(", shared CPUs %s", cell->cpus_shared);
	putchar('\n');
	if (strcmp(cell->irq_delivery, "direct"))
		printf("Interrupts %s\n", cell->irq_delivery);
	putchar('\n');

	fitting = cpus_fitting(width, used);
	first = cpus < fitting ? cpus : fitting;
	print_main_block(now, before, first);

	fitting = cpus_fitting(width, NAME_WIDTH);
	for (; first < cpus; first = end) {
		end = cpus - first < fitting ? cpus : first + fitting;
		print_cpu_block(now, before, first, end);
	}
	if (shares_any(now))
		print_shares(now, before);
}

static void print_json_value(u64 value, const struct stats *now,
			     const struct stats *before, unsigned int counter,
			     int cpu)
{
	printf("\"total\": %llu", value);
	if (before)
		printf(", \"per_second\": %.1f",
		       stats_rate(now, before, counter, cpu));
}

static void print_json_counter(const struct stats *now,
			       const struct stats *before, unsigned int counter)
{
	unsigned int cpu;

	json_string(now->name[counter]);
	fputs(": {", stdout);
	print_json_value(now->total[counter], now, before, counter, -1);
	fputs(", \"cpus\": {", stdout);
	for (cpu = 0; cpu < now->num_cpus; cpu++) {
		printf("%s\"%u\": {", cpu ? ", " : "", now->cpu[cpu]);
		print_json_value(now->per_cpu[cpu][counter], now, before,
				 counter, (int)cpu);
		putchar('}');
	}
	fputs("}}", stdout);
}

static void print_json_shares(const struct stats *now, const struct stats *before)
{
	const struct stats_share *share;
	const char *separator = "";

	for (unsigned int cpu = 0; cpu < now->num_cpus; cpu++) {
		share = &now->share[cpu];
		if (!share->total)
			continue;
		printf("%s\"%u\": {\"percent\": %.2f, \"used_us\": %llu, \"total_us\": %llu, "
		       "\"switches\": %llu, \"overruns\": %llu, \"longest_away_us\": %llu}",
		       separator, now->cpu[cpu], stats_percent(now, before, cpu), share->used,
		       share->total, share->switches, share->overruns, share->longest_away);
		separator = ", ";
	}
}

void stats_print_json(const struct sysfs_cell *cell, const struct stats *now,
		      const struct stats *before)
{
	unsigned int i;

	printf("{\"id\": %u, \"name\": ", cell->id);
	json_string(cell->name);
	fputs(", \"state\": ", stdout);
	json_string(cell->state);
	fputs(", \"cpus_assigned\": ", stdout);
	json_cpu_list(cell->cpus_assigned);
	fputs(", \"counters\": {", stdout);
	for (i = 0; i < now->num_counters; i++) {
		if (i)
			fputs(", ", stdout);
		print_json_counter(now, before, i);
	}
	fputs("}, \"shared_cpus\": {", stdout);
	print_json_shares(now, before);
	puts("}}");
}
