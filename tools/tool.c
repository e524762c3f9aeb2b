/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "message.h"

static const struct command *const commands[] = {
	&cmd_enable,
	&cmd_disable,
	&cmd_config,
	&cmd_hardware,
	&cmd_console,
	&cmd_cell,
	&cmd_shmem,
	&cmd_channel,
	NULL
};

static const struct command tool = {
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Partition this machine with the Cellblock hypervisor",
	.help =
	"  --version  print the version\n"
	"  --help     print help; also after every command\n"
	"\n"
	"Exit status: 0 done, 1 refused or failed, 2 wrong command line.\n",
	.commands = commands,
};

/* Output that could not be written must not look like success. */
static int finish_output(int exit_code)
{
	if (!ferror(stdout) && !fflush(stdout))
		return exit_code;
	return refused("cannot write the output: %s", strerror(errno));
}

int tool_main(int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--version") ||
			 !strcmp(argv[1], "-V"))) {
		printf("jailhouse (Cellblock) %s\n", CELLBLOCK_VERSION);
		return finish_output(EXIT_DONE);
	}
	return finish_output(command_run(&tool, argc, argv));
}
