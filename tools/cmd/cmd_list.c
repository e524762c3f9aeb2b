/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell list */

#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "fault.h"
#include "message.h"
#include "options.h"
#include "show/json.h"
#include "stats.h"
#include "sysfs.h"

#define ROW_FORMAT	"%-8s%-24s%-18s%-24s%s\n"

static void print_failure(const struct sysfs_cell *cell)
{
	struct fault_access access;

	notice("cell \"%s\" %s: %s (%llu restarts)", cell->name,
	       sysfs_cell_runs(cell) ? "runs again, and had failed" : "has failed",
	       cell->failure, cell->restarts);
	if (fault_access(cell->fault, &access))
		notice("jailhouse config suggest %s says what would allow it", cell->name);
}

/* The shares of a cell, or of Linux, of CPUs that are shared. */
static void print_shares(const struct sysfs_cell *cell)
{
	static struct stats stats;

	if (stats_read(cell->id, &stats))
		return;
	for (unsigned int cpu = 0; cpu < stats.num_cpus; cpu++)
		if (stats.share[cpu].total)
			notice("cell \"%s\" has had CPU %u for %.2f %% of the time", cell->name,
			       stats.cpu[cpu], stats_percent(&stats, NULL, cpu));
}

static void print_table(const struct sysfs_cell *cells, size_t count)
{
	char id[16];
	size_t i;

	printf(ROW_FORMAT, "ID", "Name", "State", "Assigned CPUs",
	       "Failed CPUs");
	for (i = 0; i < count; i++) {
		snprintf(id, sizeof(id), "%u", cells[i].id);
		printf(ROW_FORMAT, id, cells[i].name, cells[i].state,
		       cells[i].cpus_assigned, cells[i].cpus_failed);
	}
	/* not in the table, whose columns are fixed */
	for (i = 0; i < count; i++)
		if (*cells[i].sharing)
			notice("cell \"%s\" shares CPUs %s: %s us", cells[i].name,
			       cells[i].cpus_shared, cells[i].sharing);
	for (i = 0; i < count; i++)
		print_shares(&cells[i]);
	for (i = 0; i < count; i++) {
		if (*cells[i].failure)
			print_failure(&cells[i]);
		if (cells[i].permissive)
			notice("cell \"%s\" is PERMISSIVE, for bring-up only: jailhouse config suggest %s "
			       "says what it needs", cells[i].name, cells[i].name);
	}
}

static void print_json(const struct sysfs_cell *cells, size_t count)
{
	size_t i;

	putchar('[');
	for (i = 0; i < count; i++) {
		printf("%s\n  {\"id\": %u, \"name\": ", i ? "," : "",
		       cells[i].id);
		json_string(cells[i].name);
		fputs(", \"state\": ", stdout);
		json_string(cells[i].state);
		if (cells[i].permissive)
			fputs(", \"permissive\": true", stdout);
		fputs(", \"cpus_assigned\": ", stdout);
		json_cpu_list(cells[i].cpus_assigned);
		fputs(", \"cpus_failed\": ", stdout);
		json_cpu_list(cells[i].cpus_failed);
		fputs(", \"cpus_shared\": ", stdout);
		json_cpu_list(cells[i].cpus_shared);
		fputs(", \"sharing\": ", stdout);
		json_string(cells[i].sharing);
		fputs(", \"failure\": ", stdout);
		json_string(cells[i].failure);
		fputs(", \"first_failure\": ", stdout);
		json_string(cells[i].first_failure);
		fputs(", \"fault\": ", stdout);
		json_fields(cells[i].fault);
		fputs(", \"irq_delivery\": ", stdout);
		json_string(cells[i].irq_delivery);
		printf(", \"restarts\": %llu}", cells[i].restarts);
	}
	puts(count ? "\n]" : "]");
}

static int run_list(int argc, char **argv)
{
	bool json, enabled = false;
	struct sysfs_cell *cells;
	size_t count;
	int ret;

	ret = options_json_only(argc, argv, &json);
	if (!ret)
		ret = sysfs_notice_disabled(&enabled);
	if (!ret)
		ret = sysfs_read_cells(&cells, &count);
	if (ret)
		return ret;
	if (json)
		print_json(cells, count);
	else if (enabled)
		print_table(cells, count);
	free(cells);
	return EXIT_DONE;
}

const struct command cmd_cell_list = {
	.name = "list",
	.synopsis = "[--json]",
	.summary = "List the cells with their states and CPUs",
	.help =
	"  --json  as a JSON array\n",
	.run = run_list,
};
