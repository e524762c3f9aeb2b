/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config create */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/config.h>

#include "command.h"
#include "config/plan.h"
#include "config/validator.h"
#include "message.h"
#include "options.h"

struct creation {
	struct hardware_source source;
	struct plan_options options;
	bool binary;
	const char *file;		/* - is standard output */
};

static int parse(struct creation *creation, int argc, char **argv)
{
	const struct known_option known[] = {
		HARDWARE_OPTIONS(&creation->source),
		OPTION_SIZE(0, "mem-inmates", &creation->options.inmates_size),
		OPTION_SIZE(0, "mem-hv", &creation->options.hypervisor_size),
		OPTION_TEXT('c', "console", &creation->options.console),
		OPTION_FLAG(0, "binary", &creation->binary),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (!ret)
		ret = options_only_operand(argc, argv, "file", &creation->file);
	return ret ? ret : hardware_check_options(&creation->source);
}

static int write_plan(FILE *out, const struct plan *plan, bool binary)
{
	struct jailhouse_system *config;
	size_t size;
	int ret = EXIT_DONE;

	config = plan_binary(plan, &size);
	if (!config)
		return EXIT_REFUSED;
	/* what it refuses is a machine of a kind that is not supported yet */
	if (config_check_system(config, size))
		notice("the hypervisor does not take it: %s", validator_reason());
	if (!binary)
		plan_source(out, plan);
	else if (fwrite(config, 1, size, out) != size)
		ret = EXIT_REFUSED;
	free(config);
	return ferror(out) ? EXIT_REFUSED : ret;
}

static int write_to(const struct creation *creation, const struct plan *plan)
{
	bool to_stdout = !strcmp(creation->file, "-");
	FILE *out = to_stdout ? stdout : fopen(creation->file, "we");
	int ret;

	ret = out ? write_plan(out, plan, creation->binary) : EXIT_REFUSED;
	if (out && !to_stdout && fclose(out))
		ret = EXIT_REFUSED;
	return ret ? refused("cannot write '%s': %s", creation->file, strerror(errno)) : ret;
}

static int create_for(const struct creation *creation, const struct hardware *hardware)
{
	u64 places[PLAN_PLACES], size = plan_size(hardware, &creation->options);
	struct plan *plan;
	int ret;

	if (!plan_places(hardware, size, places))
		return refused("%s", plan_no_place(size));
	ret = plan_make(hardware, &creation->options, places[0], &plan);
	if (ret)
		return ret;
	ret = write_to(creation, plan);
	free(plan);
	return ret;
}

static int run_create(int argc, char **argv)
{
	struct creation creation = { .binary = false };
	struct hardware *hardware;
	int ret;

	ret = parse(&creation, argc, argv);
	if (!ret)
		ret = hardware_read(&creation.source, &hardware);
	if (ret)
		return ret;
	ret = create_for(&creation, hardware);
	hardware_free(hardware);
	return ret;
}

const struct command cmd_config_create = {
	.name = "create",
	.synopsis = "[-r|--root DIR | --dtb FILE [--iomem FILE]] [--mem-inmates SIZE] "
		    "[--mem-hv SIZE] [-c|--console UART] [--binary] FILE",
	.summary = "Write a system configuration for a machine",
	.help =
	"  FILE                the C source to write; -: standard output\n"
	"  --binary            write what the source makes, a .cell file\n"
	"  -r, --root DIR      of the machine that 'config collect' has copied to DIR\n"
	"                      (default: this machine)\n"
	"  --dtb FILE          of the machine with that device tree\n"
	"  --iomem FILE        and with that /proc/iomem\n"
	"  --mem-inmates SIZE  set so much RAM aside for cells (0: they get root's)\n"
	"  --mem-hv SIZE       RAM of the hypervisor (what the machine needs)\n"
	"  -c, --console UART  the hypervisor's console: an address, a path or an alias\n"
	"                      of the device tree, or none (Linux's console)\n"
	"\n"
	"Sizes may end with K, M or G.\n",
	.run = run_create,
};
