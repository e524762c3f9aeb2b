/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* jailhouse cell create, start, restart, shutdown, destroy */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>
#include <uapi/jailhouse.h>

#include "cell_id.h"
#include "command.h"
#include "config/one_cell.h"
#include "config/permissive.h"
#include "config_file.h"
#include "cpuset.h"
#include "device.h"
#include "linux/linux_devices.h"
#include "message.h"
#include "options.h"

static const struct command *const commands[] = {
	&cmd_cell_create,
	&cmd_cell_list,
	&cmd_cell_load,
	&cmd_cell_linux,
	&cmd_cell_save,
	&cmd_cell_start,
	&cmd_cell_restart,
	&cmd_cell_shutdown,
	&cmd_cell_destroy,
	&cmd_cell_failure,
	&cmd_cell_stats,
	&cmd_cell_latency,
	&cmd_cell_timeline,
	NULL
};

const struct command cmd_cell = {
	.name = "cell",
	.synopsis = "COMMAND [ARGUMENT]...",
	.summary = "Create, run, watch and destroy cells",
	.commands = commands,
};

static int make_permissive(const char *name, struct jailhouse_cell_desc **config, size_t *size)
{
	const struct hardware_source here = { .folder = NULL };
	struct permissive permissive;
	struct hardware *hardware;
	int ret = config_file_check_cell(name, *config, *size);

	if (!ret)
		ret = hardware_read(&here, &hardware);
	if (ret)
		return ret;
	ret = permissive_find(&permissive, *config, hardware, false);
	if (!ret)
		ret = permissive_add(config, size, &permissive);
	hardware_free(hardware);
	return ret;
}

/* Places are in what the driver has not judged yet. */
static int place_devices(const char *name, const struct jailhouse_cell_desc *config, size_t size,
			 struct linux_devices *devices)
{
	int ret;

	if (!linux_devices_any(devices))
		return EXIT_DONE;
	ret = config_file_check_cell(name, config, size);
	return ret ? ret : linux_devices_place(devices, config);
}

/* A cell whose devices are not there is none. */
static int start_devices(const struct linux_devices *devices, const struct jailhouse_cell_id *cell)
{
	struct jailhouse_cell_id id = *cell;
	int ret = linux_devices_start(devices, id.name);

	if (ret)
		device_request(JAILHOUSE_CELL_DESTROY, &id);
	return ret;
}

/* The name of the new cell goes to @created. */
static int create(const char *name, const struct one_cell *cell, bool cpuset,
		  struct linux_devices *devices, struct jailhouse_cell_id *created)
{
	struct jailhouse_cell_create request = { 0 };
	struct jailhouse_cell_desc *config;
	void *data;
	size_t size;
	int ret;

	ret = config_file_read_cell(name, &data, &size);
	if (ret)
		return ret;
	config = data;
	if (size >= sizeof(*config) && config->flags & JAILHOUSE_CELL_PERMISSIVE)
		ret = refused("'%s' is for a permissive cell: no file can ask for that, "
			      "--permissive does", name);
	if (!ret && cell->permissive)
		ret = make_permissive(name, &config, &size);
	request.config_address = (__u64)(uintptr_t)config;
	request.config_size = (__u32)size;
	if (!ret)
		ret = place_devices(name, config, size, devices);
	if (!ret)
		ret = device_request(JAILHOUSE_CELL_CREATE, &request);
	if (!ret && cpuset)
		cpuset_take(config_shared_cpus(config));
	if (!ret)
		memcpy(created->name, config->name, JAILHOUSE_CELL_ID_NAMELEN);
	free(config);
	return ret ? ret : start_devices(devices, created);
}

static int print_id(const struct jailhouse_cell_id *created)
{
	struct sysfs_cell cell;
	int ret = cell_id_find(created, &cell);

	if (!ret)
		printf("{\"id\": %u}\n", cell.id);
	return ret;
}

static int take_disk(const struct known_option *option, char *argument)
{
	return linux_devices_take_disk(option->target, argument);
}

static int run_create(int argc, char **argv)
{
	struct linux_devices devices = { .any_guest = true };
	struct one_cell cell = { .name = NULL };
	bool json = false, no_cpuset = false;
	const struct known_option known[] = {
		ONE_CELL_OPTIONS(&cell),
		OPTION_CALL(0, "disk", take_disk, &devices),
		OPTION_FLAG(0, "no-cpuset", &no_cpuset),
		OPTION_TEXT(0, "load", &cell.load),
		OPTION_FLAG(0, "start", &cell.start),
		OPTION_FLAG(0, "permissive", &cell.permissive),
		OPTION_FLAG(0, "json", &json),
		{ 0 }
	};
	struct jailhouse_cell_id created = { .id = JAILHOUSE_CELL_ID_UNUSED };
	const char *config = NULL;
	bool by_words;
	int ret;

	ret = options_parse(argc, argv, known);
	/* with a configuration it is one that root has */
	if (!ret && options_more(argc)) {
		devices.console = cell.console;
		cell.console = false;
	}
	by_words = one_cell_is_given(&cell);
	if (!ret && by_words && devices.disks)
		ret = misused("--disk is for a cell that has a configuration in a file");
	if (!ret && by_words)
		ret = options_no_operands(argc, argv);
	else if (!ret)
		ret = options_only_operand(argc, argv, "cell configuration", &config);
	if (!ret && by_words) {
		ret = one_cell_create(&cell, !no_cpuset);
		snprintf(created.name, sizeof(created.name), "%s", cell.name ? cell.name : "");
	} else if (!ret) {
		ret = create(config, &cell, !no_cpuset, &devices, &created);
	}
	return !ret && json ? print_id(&created) : ret;
}

const struct command cmd_cell_create = {
	.name = "create",
	.synopsis = "[--json] [--no-cpuset] [--permissive] {CELLCONFIG [--console] [--disk FILE[,ro]]... | --name NAME [--cpus LIST] "
		    "[--share LIST[:BUDGET/PERIOD] [--cyclic PERIOD --slot START+LENGTH...] "
		    "[--defer TIME]] "
		    "--ram SIZE "
		    "[--console] [--irq INTID]... [--device PATH]... [--allow-dma] "
		    "[--shmem PEER[:SIZE]]... [--net PEER]... [--load IMAGE [--start]]}",
	.summary = "Create a cell: its CPUs and memory leave Linux",
	.help =
	"  CELLCONFIG    file with the configuration of the cell\n"
	"  --console     with CELLCONFIG: a PL011 in a window of the cell's, whose other\n"
	"                end is 'jailhouse console CELL'\n"
	"  --disk FILE[,ro]\n"
	"                a disk by virtio in a file or block device; up to 8\n"
	"or, without a file:\n"
	ONE_CELL_HELP
	"  --load IMAGE  load it\n"
	"  --start       and start the cell\n"
	"\n"
	"  --no-cpuset   let any thread of Linux run on CPUs that the cell shares\n"
	"  --permissive  for bring-up: log accesses to what the cell does not have, and\n"
	"                make them where no driver of Linux has the device\n"
	"  --json        print the id of the new cell\n",
	.run = run_create,
};

/* {ID | [--name] NAME} [--force] */
static int parse_action(int argc, char **argv, struct jailhouse_cell_id *id)
{
	const char *name = NULL;
	bool force = false;
	const struct known_option known[] = {
		OPTION_FLAG('f', "force", &force),
		OPTION_TEXT(0, "name", &name),
		{ 0 }
	};
	int ret;

	ret = options_parse(argc, argv, known);
	if (!ret)
		ret = cell_id_of_words(id, name, argc, argv);
	if (ret)
		return ret;
	id->padding = force ? JAILHOUSE_CELL_FORCE : 0;
	return options_no_operands(argc, argv);
}

#define CELL_HELP							\
	"  ID           number of the cell, see 'jailhouse cell list'\n"	\
	"  NAME         name of the cell; --name if it is all digits\n"

/* A request that says which cell, and nothing else. */
static int act(int argc, char **argv, unsigned long request)
{
	struct jailhouse_cell_id id;
	int ret = parse_action(argc, argv, &id);

	return ret ? ret : device_request(request, &id);
}

static int run_start(int argc, char **argv)
{
	struct jailhouse_cell_id id;
	int ret = parse_action(argc, argv, &id);

	id.padding = id.padding & JAILHOUSE_CELL_FORCE ? 0 : JAILHOUSE_CELL_CHECKED;
	return ret ? ret : device_request(JAILHOUSE_CELL_START, &id);
}

const struct command cmd_cell_start = {
	.name = "start",
	.synopsis = "{ID | [--name] NAME} [-f|--force]",
	.summary = "Start a cell with what was loaded",
	.help =
	CELL_HELP
	"  -f, --force  start although nothing was loaded; ask a cell that runs to stop,\n"
	"               and start it again\n",
	.run = run_start,
};

static int run_restart(int argc, char **argv)
{
	return act(argc, argv, JAILHOUSE_CELL_RESTART);
}

const struct command cmd_cell_restart = {
	.name = "restart",
	.synopsis = "{ID | [--name] NAME} [-f|--force]",
	.summary = "Start a cell anew from the images that were loaded last",
	.help =
	CELL_HELP
	"  -f, --force  stop it without asking\n",
	.run = run_restart,
};

/* A shutdown makes the cell loadable again: it is a load without images. */
static int run_shutdown(int argc, char **argv)
{
	struct jailhouse_cell_load request = { .num_preload_images = 0 };
	int ret = parse_action(argc, argv, &request.cell_id);

	return ret ? ret : device_request(JAILHOUSE_CELL_LOAD, &request);
}

const struct command cmd_cell_shutdown = {
	.name = "shutdown",
	.synopsis = "{ID | [--name] NAME} [-f|--force]",
	.summary = "Ask a cell to stop; it can be loaded and started again",
	.help =
	CELL_HELP
	"  -f, --force  stop it without asking\n",
	.run = run_shutdown,
};

static int run_destroy(int argc, char **argv)
{
	int ret = act(argc, argv, JAILHOUSE_CELL_DESTROY);

	if (!ret)
		cpuset_return();
	return ret;
}

const struct command cmd_cell_destroy = {
	.name = "destroy",
	.synopsis = "{ID | [--name] NAME} [-f|--force]",
	.summary = "Destroy a cell: its CPUs and memory go back to Linux",
	.help =
	CELL_HELP
	"  -f, --force  do not ask the cell first\n",
	.run = run_destroy,
};
