/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell load */

#include <stdlib.h>
#include <string.h>

#include "../driver/uapi/jailhouse.h"
#include "cell_id.h"
#include "command.h"
#include "device.h"
#include "file.h"
#include "message.h"
#include "options.h"

/* What the words of the command line ask for, in their order. */
struct plan {
	bool has_cell;
	bool has_address;	/* of the image that was named last */
	struct jailhouse_cell_load *load;
	bool *is_copy;		/* per image: its source must be freed */
};

static const struct option load_options[] = {
	{ "address", required_argument, NULL, 'a' },
	{ "name", required_argument, NULL, 'n' },
	{ "string", required_argument, NULL, 's' },
	{ 0 }
};

static int add_cell(struct plan *plan, const char *word, bool is_name)
{
	if (plan->has_cell)
		return misused("--name must stand in the place of ID or NAME");
	plan->has_cell = true;
	return cell_id_parse(&plan->load->cell_id, word, is_name);
}

static void add_image(struct plan *plan, const void *source, size_t size,
		      bool is_copy)
{
	__u32 number = plan->load->num_preload_images++;

	plan->load->image[number].source_address = (__u64)(uintptr_t)source;
	plan->load->image[number].size = size;
	plan->is_copy[number] = is_copy;
	plan->has_address = false;
}

static int add_file(struct plan *plan, const char *name)
{
	void *data;
	size_t size;
	int ret;

	ret = file_read("image", name, &data, &size);
	if (!ret)
		add_image(plan, data, size, true);
	return ret;
}

static int set_address(struct plan *plan, const char *word)
{
	__u32 count = plan->load->num_preload_images;
	u64 address;

	if (!parse_number(word, ~0ULL, &address))
		return misused("address '%s' is not a number such as 0x1000",
			       word);
	if (!count)
		return misused("option '-a' must follow the image it is for");
	if (plan->has_address)
		return misused("the image before '-a %s' has an address "
			       "already", word);
	plan->load->image[count - 1].target_address = address;
	plan->has_address = true;
	return EXIT_DONE;
}

static int apply(struct plan *plan, int option)
{
	switch (option) {
	case 'a':
		return set_address(plan, optarg);
	case 'n':
		return add_cell(plan, optarg, true);
	case 's':
		if (!plan->has_cell)
			return misused("the cell must stand before its images");
		/* with its NUL, so that it ends where a longer one was */
		add_image(plan, optarg, strlen(optarg) + 1, false);
		return EXIT_DONE;
	default:
		if (!plan->has_cell)
			return add_cell(plan, optarg, false);
		return add_file(plan, optarg);
	}
}

static int parse(struct plan *plan, int argc, char **argv)
{
	int option, ret;

	options_start();
	while ((option = options_next(argc, argv, "a:s:", load_options,
				      true)) != OPTION_END) {
		if (option == OPTION_STOP)
			return options_exit_code();
		ret = apply(plan, option);
		if (ret)
			return ret;
	}
	if (!plan->has_cell)
		return misused("no cell given");
	if (!plan->load->num_preload_images)
		return misused("no image given");
	return EXIT_DONE;
}

static void free_images(struct plan *plan)
{
	__u32 i;

	for (i = 0; i < plan->load->num_preload_images; i++)
		if (plan->is_copy[i])
			free((void *)(uintptr_t)
			     plan->load->image[i].source_address);
}

static int run_load(int argc, char **argv)
{
	struct plan plan = { .has_cell = false };
	/* no more images than words */
	size_t words = (size_t)argc;
	int ret;

	plan.load = calloc(1, sizeof(*plan.load) +
			      words * sizeof(plan.load->image[0]));
	plan.is_copy = calloc(words, sizeof(*plan.is_copy));
	if (!plan.load || !plan.is_copy) {
		ret = refused("out of memory");
	} else {
		ret = parse(&plan, argc, argv);
		if (!ret)
			ret = device_request(JAILHOUSE_CELL_LOAD, plan.load,
					     NULL);
		free_images(&plan);
	}
	free(plan.is_copy);
	free(plan.load);
	return ret;
}

const struct command cmd_cell_load = {
	.name = "load",
	.synopsis = "{ID | [--name] NAME} "
		    "{IMAGE | {-s|--string} \"STRING\"} [-a|--address ADDRESS] "
		    "...",
	.summary = "Put images into the memory of a cell",
	.help =
	"  ID                     number of the cell\n"
	"  NAME                   its name; --name if it is all digits\n"
	"  IMAGE                  file to load\n"
	"  -s, --string STRING    load this text, with a NUL at its end\n"
	"  -a, --address ADDRESS  where the image before it goes, as the cell\n"
	"                         sees its memory (0)\n"
	"\n"
	"A running cell is asked to shut down first. The arguments of an inmate\n"
	"are a string at 0x1000:\n"
	"  jailhouse cell load timer-demo timer-demo.bin -s \"period=1000\" "
	"-a 0x1000\n",
	.run = run_load,
};
