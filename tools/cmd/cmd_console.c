/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse console: of the hypervisor, and of a cell */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "cell_id.h"
#include "command.h"
#include "device.h"
#include "io.h"
#include "message.h"
#include "options.h"

static int follow(void)
{
	char text[4096];
	ssize_t count;
	int fd, ret = EXIT_DONE;

	fd = device_open();
	if (fd < 0)
		return EXIT_REFUSED;

	while ((count = io_device_read(fd, text, sizeof(text))) > 0) {
		fwrite(text, 1, (size_t)count, stdout);
		if (fflush(stdout))
			break;
	}
	if (count < 0)
		ret = device_refused(fd, (int)-count);
	io_device_close(fd);
	return ret;
}

static int print_all(const char *name)
{
	char path[256];
	char text[4096];
	size_t count;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", io_sysfs_root(), name);
	file = fopen(path, "re");
	if (!file && errno == ENOENT)
		return refused("the driver is not loaded (no %s); "
			       "load jailhouse.ko first", path);
	if (!file)
		return refused("cannot open %s: %s", path, strerror(errno));

	while ((count = fread(text, 1, sizeof(text), file)) > 0)
		fwrite(text, 1, count, stdout);
	if (ferror(file)) {
		fclose(file);
		return refused("cannot read %s", path);
	}
	fclose(file);
	return EXIT_DONE;
}

/* The cell of @name, or of the only operand. */
static int attach(const char *name, bool read_only, const char *log, int argc, char **argv)
{
	struct sysfs_cell cell;
	int ret = cell_of_words(&cell, name, argc, argv);

	return ret ? ret : attach_console(cell.name, read_only, log);
}

static int run_console(int argc, char **argv)
{
	bool follows = false, last = false, stamps = false, read_only = false;
	const char *name = NULL, *log = NULL;
	bool of_cell;
	const struct known_option known[] = {
		OPTION_FLAG('f', "follow", &follows),
		OPTION_FLAG(0, "last", &last),
		OPTION_FLAG(0, "time", &stamps),
		OPTION_FLAG(0, "read-only", &read_only),
		OPTION_TEXT(0, "log", &log),
		OPTION_TEXT(0, "name", &name),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret && follows + last + stamps > 1)
		ret = misused("--follow, --last and --time do not go together");
	of_cell = name || read_only || log || options_more(argc);
	if (!ret && !(follows + last + stamps) && of_cell)
		return attach(name, read_only, log, argc, argv);
	if (!ret && of_cell)
		ret = misused("--follow, --last and --time are of the hypervisor's console");
	if (ret || follows)
		return ret ? ret : follow();
	return print_all(last ? "console_last" : stamps ? "console_stamped" : "console");
}

const struct command cmd_console = {
	.name = "console",
	.synopsis = "[-f|--follow | --last | --time | [--read-only] [--log FILE] {ID | [--name] NAME}]",
	.summary = "Show what the hypervisor has printed, or be at a cell's console",
	.help =
	"Without a cell: what the hypervisor and the cells that use it have printed.\n"
	"  -f, --follow  go on with what is printed, until interrupted\n"
	"  --last        what was printed before the machine was reset, if RAM kept it\n"
	"  --time        each line with the system counter and the CPU when it began\n"
	"With a cell: what its guest prints, from the start on, and what is typed goes\n"
	"to it; Ctrl-] detaches.\n"
	"  --log FILE    all of that at the end of FILE too, which goes on where an\n"
	"                earlier reader has stopped\n"
	"  --read-only   only what it prints, until interrupted\n",
	.run = run_console,
};
