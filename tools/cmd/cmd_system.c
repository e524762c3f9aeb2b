/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse enable, disable */

#include <stdlib.h>

#include <uapi/jailhouse.h>

#include "command.h"
#include "config_file.h"
#include "device.h"
#include "message.h"
#include "options.h"

static const struct option no_options[] = { { 0 } };

/* Options without any option: --help and mistakes. */
static int parse_no_options(int argc, char **argv)
{
	options_start();
	return options_next(argc, argv, "", no_options, false);
}

static int run_enable(int argc, char **argv)
{
	void *config;
	int ret;

	if (parse_no_options(argc, argv) == OPTION_STOP)
		return options_exit_code();
	if (optind == argc)
		return misused("no system configuration given");
	optind++;
	ret = options_no_operands(argc, argv);
	if (ret)
		return ret;

	ret = config_file_read_system(argv[optind - 1], &config);
	if (ret)
		return ret;
	ret = device_request(JAILHOUSE_ENABLE, config, NULL);
	free(config);
	return ret;
}

const struct command cmd_enable = {
	.name = "enable",
	.synopsis = "SYSCONFIG",
	.summary = "Put the hypervisor under the running Linux",
	.help =
	"  SYSCONFIG  file with the system configuration of this machine\n"
	"\n"
	"Linux becomes the root cell and keeps running. The driver loads the\n"
	"hypervisor image, jailhouse.bin, from the kernel's firmware folders.\n",
	.run = run_enable,
};

static int run_disable(int argc, char **argv)
{
	int ret;

	if (parse_no_options(argc, argv) == OPTION_STOP)
		return options_exit_code();
	ret = options_no_operands(argc, argv);
	if (ret)
		return ret;
	return device_request(JAILHOUSE_DISABLE, NULL, NULL);
}

const struct command cmd_disable = {
	.name = "disable",
	.synopsis = "",
	.summary = "Destroy all cells and take the hypervisor away",
	.help =
	"Each cell is asked first; one that denies keeps the hypervisor in\n"
	"place. CPUs and memory go back to Linux.\n",
	.run = run_disable,
};
