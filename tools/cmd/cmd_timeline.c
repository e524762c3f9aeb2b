/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell timeline */

#include <stdlib.h>

#include "command.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "show/picture.h"
#include "show/timeline.h"
#include "turns.h"

#define MAX_MS		100000
#define TEXT_WIDTH	100

static int show(const struct timeline *timeline, const char *svg)
{
	unsigned int width = io_terminal_width();

	if (!timeline->count)
		return refused("no cell shares a CPU with Linux");
	timeline_print(timeline, width ? width : TEXT_WIDTH);
	return svg ? picture_write_svg(svg, timeline_print_svg, timeline) : EXIT_DONE;
}

static int run_timeline(int argc, char **argv)
{
	struct timeline timeline = { .turns = NULL };
	struct sysfs_cell *cells;
	unsigned int length = 50, before = 0;
	const char *svg = NULL;
	struct turns *turns;
	size_t count;
	const struct known_option known[] = {
		OPTION_NUMBER('b', "before", &before, 0, MAX_MS),
		OPTION_NUMBER('l', "length", &length, 1, MAX_MS),
		OPTION_TEXT(0, "svg", &svg),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret)
		ret = sysfs_need_enabled();
	if (!ret)
		ret = sysfs_read_cells(&cells, &count);
	if (ret)
		return ret;
	timeline.length = length * 1000000ULL;
	timeline.before = before * 1000000ULL;
	ret = turns_read(cells, count, &turns, &timeline.count);
	if (!ret) {
		timeline.turns = turns;
		ret = show(&timeline, svg);
		free(turns);
	}
	free(cells);
	return ret;
}

const struct command cmd_cell_timeline = {
	.name = "timeline",
	.synopsis = "[-l MILLISECONDS] [-b MILLISECONDS] [--svg FILE]",
	.summary = "Show who had the CPUs that cells share with Linux",
	.help =
	"  -l, --length MILLISECONDS  how much of the last time (50)\n"
	"  -b, --before MILLISECONDS  how much of it is left out (0)\n"
	"  --svg FILE                 draw it\n"
	"\n"
	"The hypervisor keeps the last 128 turns of each cell on each CPU; what was\n"
	"before them is not shown.\n",
	.run = run_timeline,
};
