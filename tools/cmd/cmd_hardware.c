/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse hardware check */

#include <stdio.h>
#include <string.h>

#include <uapi/jailhouse.h>

#include "command.h"
#include "config/automatic.h"
#include "hardware/points.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "show/json.h"
#include "sysfs.h"

#define WIDTH	79

static const char *const verdicts[] = {
	[POINT_GOOD] = "good",
	[POINT_NOTE] = "note",
	[POINT_UNKNOWN] = "unknown",
	[POINT_BAD] = "bad",
};

/* The driver's own word: all of enabling but its last step. */
static void try_enable(struct point *point, const struct hardware *hardware)
{
	const struct plan_options options = { .console = NULL };
	bool enabled = false;
	int fd = io_device_open();

	point->name = "enabling";
	point->cure = NULL;
	point->verdict = POINT_UNKNOWN;
	if (fd < 0) {
		snprintf(point->text, sizeof(point->text), "not tried: the driver is not loaded");
		point->cure = "load jailhouse.ko, and look again";
	} else if (!sysfs_enabled(&enabled) && enabled) {
		point->verdict = POINT_GOOD;
		snprintf(point->text, sizeof(point->text), "the hypervisor is enabled");
	} else if (!hardware) {
		snprintf(point->text, sizeof(point->text), "not tried: the machine is not known");
	} else {
		point->verdict = automatic_try(fd, hardware, &options, point->text,
					       sizeof(point->text)) ? POINT_BAD : POINT_GOOD;
	}
	if (fd >= 0)
		io_device_close(fd);
}

/* Words from @column on; the first line is begun. */
static void print_words(const char *text, size_t column)
{
	size_t used = column, length;

	while (*text) {
		length = strcspn(text, " ");
		if (used > column && used + 1 + length > WIDTH) {
			printf("\n%*s", (int)column, "");
			used = column;
		}
		if (used > column)
			used += (size_t)printf(" ");
		used += (size_t)printf("%.*s", (int)length, text);
		text += length;
		text += *text == ' ';
	}
	putchar('\n');
}

static void print_text(const struct point *points, unsigned int count)
{
	for (; count--; points++) {
		printf("%-8s %-12s ", verdicts[points->verdict], points->name);
		print_words(points->text, 22);
		if (points->cure) {
			printf("%22s", "-> ");
			print_words(points->cure, 22);
		}
	}
}

static void print_json(const struct point *points, unsigned int count)
{
	const char *separator = "[\n";

	for (; count--; points++) {
		printf("%s  {\"point\": ", separator);
		json_string(points->name);
		json_member("verdict", verdicts[points->verdict]);
		json_member("text", points->text);
		json_member("cure", points->cure);
		putchar('}');
		separator = ",\n";
	}
	puts("\n]");
}

static int sum_up(const struct point *points, unsigned int count)
{
	unsigned int n, bad = 0;

	for (n = 0; n < count; n++)
		bad += points[n].verdict == POINT_BAD;
	return bad ? refused("this machine cannot be enabled as it is: %u of %u points are bad",
			     bad, count) : EXIT_DONE;
}

static int run_check(int argc, char **argv)
{
	struct hardware_source here = { .folder = NULL };
	struct point points[POINTS_MAX];
	struct hardware *hardware = NULL;
	bool json = false, try = false;
	const struct known_option known[] = {
		OPTION_FLAG(0, "json", &json),
		OPTION_FLAG(0, "try", &try),
		{ 0 }
	};
	unsigned int count;
	int ret, unread;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = options_no_operands(argc, argv);
	if (ret)
		return ret;
	/* what is wrong has been said, and the other points are looked at */
	unread = hardware_read(&here, &hardware);
	count = points_look(points, hardware);
	if (try && hardware)
		points_try_cpus(&points[count++], hardware);
	try_enable(&points[count++], hardware);
	if (json)
		print_json(points, count);
	else
		print_text(points, count);
	ret = sum_up(points, count);
	if (hardware)
		hardware_free(hardware);
	return ret ? ret : unread;
}

static const struct command hardware_check = {
	.name = "check",
	.synopsis = "[--try] [--json]",
	.summary = "Say whether this machine and its Linux can be enabled",
	.help =
	"  --try   take each CPU but the first offline, and bring it back\n"
	"  --json  for programs\n"
	"\n"
	"Each point is good, a note, unknown or bad; what is bad says how to cure it.\n"
	"With the driver loaded, all of 'enable' but its last step is made and undone.\n"
	"Exit status 1: a point is bad, or the machine could not be read.\n",
	.run = run_check,
};

static const struct command *const hardware_commands[] = {
	&hardware_check,
	NULL
};

const struct command cmd_hardware = {
	.name = "hardware",
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Look at this machine",
	.commands = hardware_commands,
};
