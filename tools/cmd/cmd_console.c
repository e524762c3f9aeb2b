/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse console */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int run_console(int argc, char **argv)
{
	bool follows = false, last = false, stamps = false;
	const struct known_option known[] = {
		OPTION_FLAG('f', "follow", &follows),
		OPTION_FLAG(0, "last", &last),
		OPTION_FLAG(0, "time", &stamps),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret && follows + last + stamps > 1)
		ret = misused("--follow, --last and --time do not go together");
	if (ret || follows)
		return ret ? ret : follow();
	return print_all(last ? "console_last" : stamps ? "console_stamped" : "console");
}

const struct command cmd_console = {
	.name = "console",
	.synopsis = "[-f|--follow | --last | --time]",
	.summary = "Show what the hypervisor and the cells have printed",
	.help =
	"  -f, --follow  go on with what is printed, until interrupted\n"
	"  --last        what was printed before the machine was reset, if RAM kept it\n"
	"  --time        each line with the system counter and the CPU when it began\n",
	.run = run_console,
};
