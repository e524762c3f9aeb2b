/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config check */

#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "config/check_machine.h"
#include "file.h"
#include "message.h"
#include "options.h"
#include "show/json.h"

#define MAX_FILES	65

static const char *const severities[] = {
	[CHECK_NOTE] = "note",
	[CHECK_WARNING] = "warning",
	[CHECK_ERROR] = "error",
};

static void print_text(const struct findings *findings)
{
	const struct finding *finding;

	for (finding = findings->list; finding < findings->list + findings->count; finding++) {
		printf("%s: %s: ", finding->file, severities[finding->severity]);
		if (finding->field[0])
			printf("%s", finding->field);
		if (finding->value[0])
			printf(" = %s", finding->value);
		printf("%s%s\n", finding->field[0] ? ": " : "", finding->why);
		if (finding->cure)
			printf("\t-> %s\n", finding->cure);
	}
}

static void print_json(const struct findings *findings)
{
	const struct finding *finding;

	putchar('[');
	for (finding = findings->list; finding < findings->list + findings->count; finding++) {
		printf("%s\n  {\"severity\": \"%s\"", finding == findings->list ? "" : ",",
		       severities[finding->severity]);
		json_member("file", finding->file);
		json_member("field", finding->field);
		json_member("value", finding->value);
		json_member("why", finding->why);
		json_member("cure", finding->cure);
		putchar('}');
	}
	puts("\n]");
}

static int read_files(struct checked_file *files, unsigned int *count, int argc, char **argv)
{
	const char *what = "system configuration";
	void *data;
	int ret = EXIT_DONE;

	for (*count = 0; !ret && (!*count || options_more(argc)); what = "cell configuration") {
		if (*count == MAX_FILES)
			return misused("at most %d files can be checked at once", MAX_FILES);
		ret = options_next_operand(argc, argv, what, &files[*count].name);
		if (!ret)
			ret = file_read(what, files[*count].name, &data, &files[*count].size);
		if (!ret)
			files[(*count)++].data = data;
	}
	return ret;
}

/* What is wrong with the machine's description has been said. */
static int compare_with_machine(struct findings *findings, const struct checked_file *files,
				unsigned int count, const struct hardware_source *source)
{
	struct hardware *hardware;
	int ret;

	if (!count || (!source->folder && !source->tree))
		return EXIT_DONE;
	ret = hardware_read(source, &hardware);
	if (ret)
		return ret;
	check_machine(findings, files, count, hardware);
	hardware_free(hardware);
	return EXIT_DONE;
}

/* No error may be lost without a word. */
static void say_lost(const struct findings *findings)
{
	if (findings->lost)
		notice("%u more findings are not shown: check fewer files at once", findings->lost);
}

static int check_and_print(const struct checked_file *files, unsigned int count,
			   const struct hardware_source *source, bool json)
{
	struct findings *findings = calloc(1, sizeof(*findings));
	int ret;

	if (!findings)
		return refused("out of memory");
	ret = compare_with_machine(findings, files, check_files(findings, files, count), source);
	if (json)
		print_json(findings);
	else
		print_text(findings);
	say_lost(findings);
	if (!ret && findings->errors)
		ret = EXIT_REFUSED;
	free(findings);
	return ret;
}

static int run_check(int argc, char **argv)
{
	struct hardware_source source = { .folder = NULL };
	struct checked_file files[MAX_FILES];
	bool json = false;
	const struct known_option known[] = {
		HARDWARE_OPTIONS(&source),
		OPTION_FLAG(0, "json", &json),
		{ 0 }
	};
	unsigned int count = 0;
	int ret;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = hardware_check_options(&source);
	if (ret)
		return ret;
	ret = read_files(files, &count, argc, argv);
	if (!ret)
		ret = check_and_print(files, count, &source, json);
	while (count--)
		free((void *)files[count].data);
	return ret;
}

const struct command cmd_config_check = {
	.name = "check",
	.synopsis = "[--json] [-r|--root DIR | --dtb FILE [--iomem FILE]] "
		    "SYSCONFIG [CELLCONFIG]...",
	.summary = "Say what is wrong with configurations",
	.help =
	"  SYSCONFIG       a system configuration\n"
	"  CELLCONFIG      cells of it, which are compared with each other too\n"
	"  -r, --root DIR  compare with the machine that was collected in DIR;\n"
	"                  /: with this one\n"
	"  --dtb FILE      with the machine of this device tree\n"
	"  --iomem FILE    and this /proc/iomem\n"
	"  --json          for programs\n"
	"\n"
	"Errors are what the hypervisor refuses; warnings and notes are what works and\n"
	"may not be what was meant. Exit status 1: there are errors.\n",
	.run = run_check,
};
