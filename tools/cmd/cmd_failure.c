/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell failure */

#include <stdio.h>

#include "cell_id.h"
#include "command.h"
#include "fault.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "sysfs.h"

/* Where addresses are in the program: one line for each. */
static int print_places(const char *elf, const struct sysfs_cell *cell)
{
	static const char *const names[] = { " pc=", " lr=" };
	char address[32];
	unsigned int n;
	u64 value;

	for (n = 0; n < ARRAY_SIZE(names); n++) {
		if (!fault_field(cell->fault, names[n], &value))
			return refused("nothing is known of where cell \"%s\" has failed",
				       cell->name);
		snprintf(address, sizeof(address), "0x%llx", value);
		printf("%s %s ", n ? "LR" : "PC", address);
		fflush(stdout);
		if (!io_addr2line(elf, address))
			return refused("no program translates addresses of '%s' to lines: addr2line of "
				       "Debian's binutils or binutils-aarch64-linux-gnu does", elf);
	}
	return EXIT_DONE;
}

static int print(const struct sysfs_cell *cell, const char *elf)
{
	if (!*cell->failure) {
		notice("cell \"%s\" has not failed since it was started", cell->name);
		return EXIT_DONE;
	}
	puts(cell->failure);
	if (*cell->first_failure && cell->restarts)
		printf("first: %s\n", cell->first_failure);
	return elf ? print_places(elf, cell) : EXIT_DONE;
}

static int run_failure(int argc, char **argv)
{
	const char *name = NULL, *elf = NULL;
	const struct known_option known[] = {
		OPTION_TEXT(0, "name", &name),
		OPTION_TEXT(0, "elf", &elf),
		{ 0 }
	};
	struct sysfs_cell cell;
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = cell_of_words(&cell, name, argc, argv);
	return ret ? ret : print(&cell, elf);
}

const struct command cmd_cell_failure = {
	.name = "failure",
	.synopsis = "{ID | [--name] NAME} [--elf FILE]",
	.summary = "Say why and where a cell has failed, last and first",
	.help =
	"  ID          number of the cell, see 'jailhouse cell list'\n"
	"  NAME        name of the cell; --name if it is all digits\n"
	"  --elf FILE  its program with symbols: functions, files and lines\n",
	.run = run_failure,
};
