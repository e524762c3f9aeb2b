/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell load */

#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "command.h"
#include "file.h"
#include "load/images.h"
#include "message.h"
#include "options.h"

/* What the words of the command line ask for, in their order. */
struct words {
	bool has_cell;
	struct image_list list;
};

static int set_cell(struct words *words, const char *word, bool is_name)
{
	if (words->has_cell)
		return misused("--name must take the place of ID or NAME");
	words->has_cell = true;
	return cell_id_parse(&words->list.cell, word, is_name);
}

static int take_name(const struct known_option *option, char *name)
{
	return set_cell(option->target, name, true);
}

static int add_file(struct words *words, const char *name)
{
	struct image *image = &words->list.image[words->list.count];
	int ret;

	ret = file_read("image", name, &image->data, &image->size);
	if (ret)
		return ret;
	image->file = name;
	words->list.count++;
	return EXIT_DONE;
}

static int take_operand(const struct known_option *option, char *word)
{
	struct words *words = option->target;

	return words->has_cell ? add_file(words, word) : set_cell(words, word, false);
}

static int take_string(const struct known_option *option, char *string)
{
	struct words *words = option->target;
	struct image *image = &words->list.image[words->list.count];

	if (!words->has_cell)
		return misused("the cell must come before its images");
	image->data = string;
	/* with its NUL, so that it ends where a longer one was */
	image->size = strlen(string) + 1;
	words->list.count++;
	return EXIT_DONE;
}

static int take_address(const struct known_option *option, char *word)
{
	struct words *words = option->target;
	struct image *image = &words->list.image[words->list.count - 1];
	u64 address;

	if (!parse_number(word, ~0ULL, &address))
		return misused("address '%s' is not a number such as 0x1000",
			       word);
	if (!words->list.count)
		return misused("option '-a' must follow the image it is for");
	if (image->has_address)
		return misused("the image before '-a %s' has an address "
			       "already", word);
	image->address = address;
	image->has_address = true;
	return EXIT_DONE;
}

static int parse(struct words *words, int argc, char **argv)
{
	const struct known_option known[] = {
		OPTION_CALL('a', "address", take_address, words),
		OPTION_CALL(0, "name", take_name, words),
		OPTION_CALL('s', "string", take_string, words),
		OPTION_OPERANDS(take_operand, words),
		{ 0 }
	};
	int ret = options_parse(argc, argv, known);

	if (ret)
		return ret;
	if (!words->has_cell)
		return misused("no cell given");
	if (!words->list.count)
		return misused("no image given");
	return EXIT_DONE;
}

static int run_load(int argc, char **argv)
{
	struct words words = { .has_cell = false };
	struct image *image;
	int ret;

	/* no more images than words */
	words.list.image = calloc((size_t)argc, sizeof(*words.list.image));
	if (!words.list.image)
		return refused("out of memory");
	ret = parse(&words, argc, argv);
	if (!ret)
		ret = images_load_anew(&words.list);
	for (image = words.list.image; words.list.count--; image++)
		if (image->file)
			free(image->data);
	free(words.list.image);
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
	"An IMAGE that is an ELF executable and has no ADDRESS goes where its\n"
	"segments say, and the cell starts at its entry point.\n"
	"\n"
	"A running cell is asked to shut down first. The arguments of an inmate\n"
	"are a string at 0x1000:\n"
	"  jailhouse cell load timer-demo timer-demo.bin -s \"period=1000\" "
	"-a 0x1000\n",
	.run = run_load,
};
