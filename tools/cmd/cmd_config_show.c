/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config show, diff */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "config/show.h"
#include "config_file.h"
#include "message.h"
#include "options.h"

/* Of either kind, and whole: an exit code. */
static int read_config(struct shown *shown, const char *name)
{
	bool is_system;
	int ret;

	*shown = (struct shown){ .file = name };
	ret = config_file_read_any(name, &shown->data, &shown->size, &is_system);
	if (ret)
		return ret;
	shown->system = is_system ? shown->data : NULL;
	shown->cell = is_system ? &shown->system->root_cell : shown->data;
	return EXIT_DONE;
}

static int read_all(struct shown *shown, unsigned int *count, int argc, char **argv)
{
	const char *name;
	int ret = EXIT_DONE;

	for (*count = 0; !ret && (!*count || options_more(argc));) {
		if (*count == SHOW_MAX)
			return misused("at most %d files can be shown at once", SHOW_MAX);
		ret = options_next_operand(argc, argv, "configuration", &name);
		if (!ret)
			ret = read_config(&shown[*count], name);
		if (!ret)
			(*count)++;
	}
	return ret;
}

static int write_svg(const char *path, const struct shown *shown, unsigned int count)
{
	FILE *out = fopen(path, "we");
	bool written = out != NULL;

	if (out)
		show_map_svg(out, shown, count);
	if (out && (ferror(out) | fclose(out)))
		written = false;
	return written ? EXIT_DONE : refused("cannot write '%s': %s", path, strerror(errno));
}

static int run_show(int argc, char **argv)
{
	struct shown shown[SHOW_MAX];
	const char *svg = NULL;
	bool map = false;
	const struct known_option known[] = {
		OPTION_FLAG(0, "map", &map),
		OPTION_TEXT(0, "svg", &svg),
		{ 0 }
	};
	unsigned int count = 0, n;
	int ret;

	ret = options_parse(argc, argv, known);
	if (ret)
		return ret;
	ret = read_all(shown, &count, argc, argv);
	if (!ret && svg)
		ret = write_svg(svg, shown, count);
	for (n = 0; n < count && !ret && !map && !svg; n++)
		show_config(stdout, &shown[n]);
	if (!ret && (map || (count > 1 && !svg)))
		show_map(stdout, shown, count);
	while (count--)
		free(shown[count].data);
	return ret;
}

const struct command cmd_config_show = {
	.name = "show",
	.synopsis = "[--map] [--svg FILE] CONFIG...",
	.summary = "Show what configurations say",
	.help =
	"  CONFIG      configurations of systems or cells; of several there is a map of\n"
	"              who has what of the physical addresses\n"
	"  --map       the map only\n"
	"  --svg FILE  write the map as a picture\n"
	"\n"
	"Letters: r read, w write, x execute, d DMA, i I/O, l loadable, s root shares\n"
	"it, c communication region.\n",
	.run = run_show,
};

/* The listing as text, to be freed; NULL: out of memory, said. */
static char *listing(const struct shown *shown)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out)
		show_config(out, shown);
	if (!out || fclose(out)) {
		refused("out of memory");
		return NULL;
	}
	return text;
}

/* Has @text the line of @length bytes at @line? Each listing has a line once. */
static bool has_line(const char *text, const char *line, size_t length)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		if (strcspn(text, "\n") == length && !memcmp(text, line, length))
			return true;
	return false;
}

/* The lines of @text that @other lacks: how many. */
static unsigned int print_missing(char mark, const char *text, const char *other)
{
	unsigned int count = 0;
	size_t length;

	for (; *text; text += length + 1) {
		length = strcspn(text, "\n");
		if (has_line(other, text, length))
			continue;
		printf("%c%.*s\n", mark, (int)length, text);
		count++;
	}
	return count;
}

static bool are_equal(const struct shown *a, const struct shown *b)
{
	return a->size == b->size && !memcmp(a->data, b->data, a->size);
}

/* Prints what differs: how much. */
static unsigned int compare(const struct shown *shown, char *const text[2])
{
	unsigned int different;

	different = print_missing('-', text[0], text[1]);
	different += print_missing('+', text[1], text[0]);
	if (!different && !are_equal(&shown[0], &shown[1])) {
		puts("they differ in what 'config show' does not show");
		different++;
	}
	return different;
}

static int run_diff(int argc, char **argv)
{
	static const struct known_option known[] = { { 0 } };
	struct shown shown[SHOW_MAX];
	unsigned int count = 0, different = 0;
	char *text[2] = { NULL, NULL };
	int ret;

	ret = options_parse(argc, argv, known);
	if (ret)
		return ret;
	ret = read_all(shown, &count, argc, argv);
	if (!ret && count != 2)
		ret = misused("two configurations are compared, not %u", count);
	if (!ret) {
		text[0] = listing(&shown[0]);
		text[1] = listing(&shown[1]);
		ret = text[0] && text[1] ? EXIT_DONE : EXIT_REFUSED;
	}
	if (!ret)
		different = compare(shown, text);
	free(text[0]);
	free(text[1]);
	while (count--)
		free(shown[count].data);
	return ret ? ret : different ? EXIT_REFUSED : EXIT_DONE;
}

const struct command cmd_config_diff = {
	.name = "diff",
	.synopsis = "CONFIG CONFIG",
	.summary = "Show where two configurations differ",
	.help =
	"Lines of 'config show' that only the first has begin with -, those that only\n"
	"the second has with +. Exit status 1: they differ.\n",
	.run = run_diff,
};
