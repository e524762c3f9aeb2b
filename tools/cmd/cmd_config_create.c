/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse config create */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/config.h>

#include "command.h"
#include "config/cell_plan.h"
#include "config/plan.h"
#include "config/validator.h"
#include "message.h"
#include "options.h"

struct creation {
	struct hardware_source source;
	struct plan_options options;
	bool is_cell;
	struct one_cell cell;
	bool binary;
	const char *file;		/* - is standard output */
};

/* A cell has other words: its --console is a flag. */
static bool has_cell_option(int argc, char **argv)
{
	int n;

	for (n = 1; n < argc && strcmp(argv[n], "--"); n++)
		if (!strcmp(argv[n], "--cell"))
			return true;
	return false;
}

static int parse_system(struct creation *creation, int argc, char **argv)
{
	const struct known_option known[] = {
		HARDWARE_OPTIONS(&creation->source),
		OPTION_SIZE(0, "mem-inmates", &creation->options.inmates_size),
		OPTION_SIZE(0, "mem-hv", &creation->options.hypervisor_size),
		OPTION_TEXT('c', "console", &creation->options.console),
		OPTION_FLAG(0, "binary", &creation->binary),
		{ 0 }
	};

	return options_parse(argc, argv, known);
}

static int parse_cell(struct creation *creation, int argc, char **argv)
{
	const struct known_option known[] = {
		HARDWARE_OPTIONS(&creation->source),
		OPTION_FLAG(0, "cell", &creation->is_cell),
		ONE_CELL_OPTIONS(&creation->cell),
		OPTION_FLAG(0, "binary", &creation->binary),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	return ret ? ret : one_cell_check(&creation->cell);
}

static int parse(struct creation *creation, int argc, char **argv)
{
	int ret = has_cell_option(argc, argv) ? parse_cell(creation, argc, argv) :
						parse_system(creation, argc, argv);

	if (!ret)
		ret = options_only_operand(argc, argv, "file", &creation->file);
	return ret ? ret : hardware_check_options(&creation->source);
}

/* What is written, of one or the other kind. */
struct result {
	const struct plan *plan;
	const struct cell_plan *cell;
	const void *config;
	size_t size;
};

static void print(FILE *out, const struct creation *creation, const struct result *result)
{
	if (creation->binary)
		fwrite(result->config, 1, result->size, out);
	else if (result->cell)
		cell_source(out, result->cell);
	else
		plan_source(out, result->plan);
}

static int write_result(const struct creation *creation, const struct result *result)
{
	bool to_stdout = !strcmp(creation->file, "-"), failed = true;
	FILE *out = to_stdout ? stdout : fopen(creation->file, "we");

	if (out) {
		print(out, creation, result);
		failed = ferror(out);
	}
	if (out && !to_stdout && fclose(out))
		failed = true;
	return failed ? refused("cannot write '%s': %s", creation->file, strerror(errno)) :
			EXIT_DONE;
}

static int write_system(const struct creation *creation, const struct plan *plan)
{
	struct result result = { .plan = plan };
	struct jailhouse_system *config;
	int ret;

	config = plan_binary(plan, &result.size);
	if (!config)
		return EXIT_REFUSED;
	result.config = config;
	/* what it refuses is a machine of a kind that is not supported yet */
	if (config_check_system(config, result.size))
		notice("the hypervisor does not take it: %s", validator_reason());
	ret = write_result(creation, &result);
	free(config);
	return ret;
}

static int create_system(const struct creation *creation, const struct hardware *hardware)
{
	struct plan_options options = creation->options;
	u64 places[PLAN_PLACES];
	struct plan *plan;
	int ret;

	options.without_links = !plan_places(hardware, plan_size(hardware, &options), places);
	if (options.without_links && !plan_places(hardware, plan_size(hardware, &options), places))
		return refused("%s", plan_no_place(plan_size(hardware, &options)));
	ret = plan_make(hardware, &options, places[0], &plan);
	if (ret)
		return ret;
	ret = write_system(creation, plan);
	free(plan);
	return ret;
}

static int write_cell(const struct creation *creation, const struct cell_plan *plan)
{
	struct result result = { .cell = plan };
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };
	struct jailhouse_cell_desc *config;
	int ret;

	config = cell_plan_binary(plan, &result.size);
	if (!config)
		return EXIT_REFUSED;
	result.config = config;
	if (config_check_cell(config, result.size) || config_check_turns(config, shares))
		ret = refused("the hypervisor would not take it: %s", validator_reason());
	else
		ret = write_result(creation, &result);
	free(config);
	return ret;
}

/*
 * Which place Linux gives is only seen when the cell is created. The best one is
 * where enabling puts the hypervisor.
 */
static int propose_place(const struct hardware *hardware, struct cell_plan *plan)
{
	const struct plan_options automatic = { .console = NULL };
	u64 places[PLAN_PLACES], taken[PLAN_PLACES] = { 0 };
	u64 taken_size = plan_size(hardware, &automatic);
	unsigned int n, count = plan_places(hardware, plan->span, places);

	if (!plan_places(hardware, taken_size, taken))
		taken_size = 0;
	for (n = 0; n < count; n++)
		if (!config_overlap(places[n], plan->span, taken[0], taken_size)) {
			cell_plan_place(plan, places[n]);
			return EXIT_DONE;
		}
	return refused("%s", plan_no_place(plan->span));
}

static int create_cell(const struct creation *creation, const struct hardware *hardware)
{
	struct cell_plan *plan;
	int ret = cell_plan_make(&creation->cell, hardware, &plan);

	if (ret)
		return ret;
	ret = propose_place(hardware, plan);
	if (!ret)
		ret = write_cell(creation, plan);
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
	ret = creation.is_cell ? create_cell(&creation, hardware) :
				 create_system(&creation, hardware);
	hardware_free(hardware);
	return ret;
}

const struct command cmd_config_create = {
	.name = "create",
	.synopsis = "[-r|--root DIR | --dtb FILE [--iomem FILE]] [--mem-inmates SIZE] "
		    "[--mem-hv SIZE] [-c|--console UART] [--binary] FILE, or "
		    "--cell --name NAME [--cpus LIST] "
		    "[--share LIST[:BUDGET/PERIOD] [--cyclic PERIOD --slot START+LENGTH...] "
		    "[--defer TIME]] "
		    "--ram SIZE [--console] [--irq INTID]... "
		    "[--device PATH]... [--allow-dma] "
		    "[--shmem PEER[:SIZE]]... [--net PEER]... [--binary] FILE",
	.summary = "Write a configuration for a machine, or of a cell on it",
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
	"  --cell              of a cell, with the words of 'jailhouse cell create':\n"
	ONE_CELL_HELP
	"\n"
	"Sizes may end with K, M or G.\n",
	.run = run_create,
};
