/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"

/* words of the commands from the outermost group on, for messages */
static char path[64];
static const struct command *running;

static void print_usage(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: jailhouse%s%s%s%s\n", *path ? " " : "", path,
		*command->synopsis ? " " : "", command->synopsis);
}

static void print_help(FILE *out, const struct command *command)
{
	const struct command *const *sub = command->commands;

	print_usage(out, command);
	fprintf(out, "%s.\n", command->summary);
	if (sub) {
		fputs("\nCommands:\n", out);
		for (; *sub; sub++)
			fprintf(out, "  %-10s %s\n", (*sub)->name,
				(*sub)->summary);
	}
	if (command->help)
		fprintf(out, "\n%s", command->help);
}

void command_help(void)
{
	print_help(stdout, running);
}

static const struct command *find(const struct command *group,
				  const char *name)
{
	const struct command *const *sub;

	for (sub = group->commands; *sub; sub++)
		if (!strcmp((*sub)->name, name))
			return *sub;
	return NULL;
}

static void enter(const struct command *command)
{
	size_t used = strlen(path);

	snprintf(path + used, sizeof(path) - used, "%s%s", used ? " " : "",
		 command->name);
	message_set_command(path);
}

static int run_in(const struct command *group, int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr, group);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout, group);
		return EXIT_HELPED;
	}
	if (argv[1][0] == '-')
		return misused("unknown option '%s'", argv[1]);

	command = find(group, argv[1]);
	if (!command)
		return misused("unknown command '%s'", argv[1]);
	enter(command);

	if (command->commands)
		return run_in(command, argc - 1, argv + 1);
	running = command;
	return command->run(argc - 1, argv + 1);
}

int command_run(const struct command *group, int argc, char **argv)
{
	int ret;

	path[0] = '\0';
	message_set_command(path);
	ret = run_in(group, argc, argv);
	return ret == EXIT_HELPED ? EXIT_DONE : ret;
}
