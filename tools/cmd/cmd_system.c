/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse enable, disable */

#include <stdlib.h>

#include <uapi/jailhouse.h>

#include "command.h"
#include "config/automatic.h"
#include "config_file.h"
#include "cpuset.h"
#include "device.h"
#include "message.h"
#include "options.h"

static const struct known_option no_options[] = { { 0 } };

static int enable_by_file(unsigned long request, const char *name)
{
	void *config;
	int ret;

	ret = config_file_read_system(name, &config);
	if (ret)
		return ret;
	ret = device_request(request, config);
	free(config);
	return ret;
}

static int run_enable(int argc, char **argv)
{
	const struct plan_options automatic = { .console = NULL };
	bool dry_run = false;
	const struct known_option known[] = {
		OPTION_FLAG(0, "dry-run", &dry_run),
		{ 0 }
	};
	unsigned long request;
	const char *name;
	int ret;

	ret = options_parse(argc, argv, known);
	if (ret)
		return ret;
	request = dry_run ? JAILHOUSE_TRY_ENABLE : JAILHOUSE_ENABLE;
	if (!options_more(argc))
		return automatic_enable(request, &automatic);
	ret = options_only_operand(argc, argv, "system configuration", &name);
	return ret ? ret : enable_by_file(request, name);
}

const struct command cmd_enable = {
	.name = "enable",
	.synopsis = "[--dry-run] [SYSCONFIG]",
	.summary = "Put the hypervisor under the running Linux",
	.help =
	"  SYSCONFIG  file with the system configuration of this machine\n"
	"             (default: one that is made for it)\n"
	"  --dry-run  make every check, take the memory, put all back\n"
	"\n"
	"Linux becomes the root cell and keeps running. The driver loads the\n"
	"hypervisor image, jailhouse.bin, from the kernel's firmware folders.\n",
	.run = run_enable,
};

static int run_disable(int argc, char **argv)
{
	int ret = options_parse(argc, argv, no_options);

	if (!ret)
		ret = options_no_operands(argc, argv);
	if (!ret)
		ret = device_request(JAILHOUSE_DISABLE, NULL);
	if (!ret)
		cpuset_return();
	return ret;
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
