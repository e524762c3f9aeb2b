/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell stats */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "command.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "show/paravirt_print.h"
#include "show/stats_print.h"
#include "stats.h"

#define MAX_DELAY	86400

struct view {
	struct jailhouse_cell_id id;
	bool json;
	bool once;		/* totals only, at once */
	unsigned int count;	/* tables to print, 0: no limit */
	unsigned int delay;	/* seconds between tables */
};

/* State and CPUs change while the table is shown, the id does not. */
static int read_all(struct sysfs_cell *cell, struct stats *stats)
{
	const struct jailhouse_cell_id id = { .id = (__s32)cell->id };
	int ret;

	ret = cell_id_find(&id, cell);
	if (ret)
		return ret;
	ret = stats_read(cell->id, stats);
	if (ret)
		return refused("cannot read the statistics of cell %u: %s",
			       cell->id, strerror(-ret));
	return EXIT_DONE;
}

static void print(const struct view *view, bool live,
		  const struct sysfs_cell *cell, const struct stats *now,
		  const struct stats *before)
{
	if (live)
		fputs("\033[H\033[J", stdout);
	if (view->json) {
		stats_print_json(cell, now, before);
	} else {
		stats_print_table(cell, now, before,
				  live ? io_terminal_width() : 0);
		paravirt_print(cell->id);
	}
	if (live)
		fputs("\nq quits\n", stdout);
	else if (!view->json && !view->once && view->count != 1)
		putchar('\n');
	fflush(stdout);
}

static int watch(const struct view *view, struct sysfs_cell *cell)
{
	static struct stats samples[2];
	struct stats *before = &samples[0], *now = &samples[1], *other;
	bool live = !view->json && !view->once && !view->count && io_is_terminal();
	unsigned int printed = 0;
	int ret;

	ret = read_all(cell, before);
	if (ret)
		return ret;
	if (live)
		io_terminal_begin();
	if (view->once || live)
		print(view, live, cell, before, NULL);
	if (view->once)
		return EXIT_DONE;
	while ((!view->count || printed < view->count) && !ferror(stdout) &&
	       io_wait(view->delay * 1000)) {
		ret = read_all(cell, now);
		if (ret)
			break;
		print(view, live, cell, now, before);
		printed++;
		other = before;
		before = now;
		now = other;
	}
	if (live)
		io_terminal_end();
	return ret;
}

static int parse(struct view *view, int argc, char **argv)
{
	const char *name = NULL;
	const struct known_option known[] = {
		OPTION_NUMBER('n', "count", &view->count, 1, INT32_MAX),
		OPTION_NUMBER('d', "delay", &view->delay, 1, MAX_DELAY),
		OPTION_FLAG(0, "json", &view->json),
		OPTION_TEXT(0, "name", &name),
		OPTION_FLAG(0, "once", &view->once),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = cell_id_of_words(&view->id, name, argc, argv);
	if (ret)
		return ret;
	if (view->once && view->count)
		return misused("--once and -n exclude each other");
	/* a program that reads JSON gets one object unless it asks for more */
	if (view->json && !view->count)
		view->once = true;
	return options_no_operands(argc, argv);
}

static int run_stats(int argc, char **argv)
{
	struct view view = { .delay = 1 };
	struct sysfs_cell cell;
	int ret;

	ret = parse(&view, argc, argv);
	if (!ret)
		ret = cell_id_find(&view.id, &cell);
	return ret ? ret : watch(&view, &cell);
}

const struct command cmd_cell_stats = {
	.name = "stats",
	.synopsis = "{ID | [--name] NAME} [--once] [-n COUNT] [-d SECONDS] "
		    "[--json]",
	.summary = "Show how often a cell has left to the hypervisor, and why",
	.help =
	"  ID                   number of the cell\n"
	"  NAME                 its name; --name if it is all digits\n"
	"  --once               print the totals and end\n"
	"  -n, --count COUNT    print COUNT tables, one below the other, and end\n"
	"  -d, --delay SECONDS  time between tables (1)\n"
	"  --json               one JSON object per line; without -n as --once\n"
	"\n"
	"On a terminal the table is renewed in place; the key q ends it.\n",
	.run = run_stats,
};
