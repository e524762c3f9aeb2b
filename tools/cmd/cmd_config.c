/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config, and its collect */

#include <stddef.h>

#include "command.h"
#include "config/collect.h"
#include "options.h"

static int run_collect(int argc, char **argv)
{
	static const struct known_option known[] = { { 0 } };
	const char *folder;
	int ret;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = options_only_operand(argc, argv, "folder", &folder);
	return ret ? ret : collect(folder);
}

static const struct command config_collect = {
	.name = "collect",
	.synopsis = "DIR",
	.summary = "Copy what 'config create' reads of this machine",
	.help =
	"  DIR  folder to write to: pack it, and give it to 'config create -r' elsewhere\n",
	.run = run_collect,
};

static const struct command *const config_commands[] = {
	&cmd_config_create,
	&config_collect,
	&cmd_config_check,
	&cmd_config_show,
	&cmd_config_diff,
	&cmd_config_suggest,
	NULL
};

const struct command cmd_config = {
	.name = "config",
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Make and look at configurations",
	.commands = config_commands,
};
