/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell save */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jailhouse/cell-config.h>

#include "cell_id.h"
#include "command.h"
#include "config/permissive.h"
#include "config/running.h"
#include "message.h"
#include "options.h"

static int write_file(const char *name, const void *data, size_t size)
{
	FILE *out = fopen(name, "we");
	bool failed = !out || fwrite(data, 1, size, out) != size;

	if (out && fclose(out))
		failed = true;
	return failed ? refused("cannot write '%s': %s", name, strerror(errno)) : EXIT_DONE;
}

/* The number of a cell is the driver's to choose; how it is brought up is no part of it. */
static void clean(struct jailhouse_cell_desc *desc, size_t *size)
{
	desc->id = 0;
	permissive_take_out(desc, size);
}

static int save(unsigned int id, const char *name)
{
	bool is_system;
	void *config;
	size_t size;
	int ret;

	ret = running_read_config(id, &config, &size, &is_system);
	if (ret)
		return ret;
	if (!is_system)
		clean(config, &size);
	ret = write_file(name, config, size);
	free(config);
	return ret;
}

static int run_save(int argc, char **argv)
{
	const char *name = NULL, *file = NULL;
	struct jailhouse_cell_id id;
	struct sysfs_cell cell;
	const struct known_option known[] = {
		OPTION_TEXT(0, "name", &name),
		{ 0 }
	};
	int ret;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = cell_id_of_words(&id, name, argc, argv);
	if (!ret)
		ret = options_only_operand(argc, argv, "file", &file);
	if (!ret)
		ret = cell_id_find(&id, &cell);
	return ret ? ret : save(cell.id, file);
}

const struct command cmd_cell_save = {
	.name = "save",
	.synopsis = "{ID | [--name] NAME} FILE",
	.summary = "Write the configuration that a cell was created with",
	.help =
	"  ID    number of the cell, see 'jailhouse cell list'; 0: the system's\n"
	"  NAME  name of the cell; --name if it is all digits\n"
	"  FILE  the .cell file to write\n",
	.run = run_save,
};
