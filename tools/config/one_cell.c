/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uapi/jailhouse.h>

#include "config/cell_plan.h"
#include "config/one_cell.h"
#include "config/permissive.h"
#include "config/plan.h"
#include "cpuset.h"
#include "device.h"
#include "file.h"
#include "hardware/interrupts.h"
#include "io.h"
#include "load/images.h"
#include "message.h"
#include "show/cpu_list.h"
#include "sysfs.h"

int one_cell_take_cpus(const struct known_option *option, char *argument)
{
	if (!cpu_list_parse(option->target, argument))
		return misused("'%s' is not a list of CPUs such as 2-3,5", argument);
	return EXIT_DONE;
}

/* A size of memory that a cell can have below its communication region */
static bool parse_memory(const char *text, u64 *size)
{
	return parse_size(text, size) && *size && !(*size % AREA_PAGE) && *size <= ONE_CELL_COMM;
}

int one_cell_take_ram(const struct known_option *option, char *argument)
{
	if (!parse_memory(argument, option->target))
		return misused("'%s' is not a size of RAM: a multiple of 4K such as 64M, up to 2G",
			       argument);
	return EXIT_DONE;
}

int one_cell_take_irq(const struct known_option *option, char *argument)
{
	struct one_cell *cell = option->target;
	u64 intid;

	if (!parse_number(argument, LAST_SPI, &intid) || intid < FIRST_SPI)
		return misused("'%s' is not an interrupt that a cell can have: INTIDs %d to %d are "
			       "those of devices", argument, FIRST_SPI, LAST_SPI);
	if (cell->num_irqs == ONE_CELL_IRQS)
		return misused("more than %d interrupts", ONE_CELL_IRQS);
	cell->irq[cell->num_irqs++] = (u32)intid;
	return EXIT_DONE;
}

int one_cell_take_device(const struct known_option *option, char *argument)
{
	struct one_cell *cell = option->target;

	if (cell->num_devices == ONE_CELL_DEVICES)
		return misused("more than %d devices", ONE_CELL_DEVICES);
	cell->device[cell->num_devices++] = argument;
	return EXIT_DONE;
}

static bool is_name(const char *text)
{
	return *text && strlen(text) <= JAILHOUSE_CELL_NAME_MAXLEN;
}

/* PEER[:SIZE] */
int one_cell_take_link(const struct known_option *option, char *argument)
{
	struct one_cell *cell = option->target;
	struct one_cell_link *link = &cell->link[cell->num_links];
	char *size = strrchr(argument, ':');

	if (cell->num_links == ONE_CELL_LINKS)
		return misused("more than %d links", ONE_CELL_LINKS);
	link->is_net = !strcmp(option->name, "net");
	if (size && !link->is_net) {
		if (!parse_memory(size + 1, &link->size))
			return misused("'%s' is not the size of a link: a multiple of 4K, up to 2G",
				       size + 1);
		*size = '\0';
	}
	if (!is_name(argument))
		return misused("'%s' is not the name of a cell", argument);
	link->peer = argument;
	cell->num_links++;
	return EXIT_DONE;
}

bool one_cell_is_given(const struct one_cell *cell)
{
	return cell->name || cell->cpus || share_is_given(&cell->sharing) || cell->ram ||
	       cell->console || cell->num_irqs || cell->num_devices || cell->allow_dma ||
	       cell->num_links || cell->load || cell->start;
}

int one_cell_check(const struct one_cell *cell)
{
	unsigned int n;

	if (!cell->name || !(cell->cpus | cell->sharing.cpus) || !cell->ram)
		return misused("a cell without a configuration needs --name, --cpus or --share, "
			       "and --ram");
	if (!is_name(cell->name))
		return misused("the name '%s' does not have 1 to %d characters", cell->name,
			       JAILHOUSE_CELL_NAME_MAXLEN);
	if (cell->start && !cell->load)
		return misused("--start needs --load");
	if (share_check(&cell->sharing))
		return EXIT_USAGE;
	for (n = 0; n < cell->num_links; n++)
		if (!strcmp(cell->link[n].peer, cell->name))
			return misused("'%s' cannot be its own peer", cell->name);
	return EXIT_DONE;
}

/* What the ioctl answers. */
static int create_at(int fd, struct cell_plan *plan, const struct permissive *permissive,
		     u64 place)
{
	struct jailhouse_cell_create request = { .config_size = 0 };
	struct jailhouse_cell_desc *config;
	size_t size;
	int ret;

	cell_plan_place(plan, place);
	config = cell_plan_binary(plan, &size);
	if (!config)
		return -ENOSPC;
	if (permissive->count && permissive_add(&config, &size, permissive)) {
		free(config);
		return -ENOSPC;
	}
	request.config_address = (__u64)(uintptr_t)config;
	request.config_size = (__u32)size;
	ret = io_device_ioctl(fd, JAILHOUSE_CELL_CREATE, &request);
	free(config);
	return ret;
}

/* Memory that Linux cannot give, or somebody has, is looked for elsewhere. */
static int create_somewhere(struct cell_plan *plan, const struct permissive *permissive,
			    const struct hardware *hw)
{
	struct device_reasons reasons = { .count = 0 };
	unsigned int n = 0, count;
	u64 places[PLAN_PLACES];
	int fd, ret;

	count = plan_places(hw, plan->span, places);
	if (!count)
		return refused("%s", plan_no_place(plan->span));
	fd = device_open();
	if (fd < 0)
		return EXIT_REFUSED;
	do
		ret = create_at(fd, plan, permissive, places[n++]);
	while (n < count && device_try_elsewhere(fd, ret, &reasons));
	ret = ret < 0 ? device_refused(fd, -ret) : EXIT_DONE;
	io_device_close(fd);
	return ret;
}

static int load_and_start(const struct one_cell *cell, const struct jailhouse_cell_id *id,
			  struct image *image)
{
	struct image_list list = { .cell = *id, .count = 1, .image = image };
	struct jailhouse_cell_id started = *id;
	int ret = images_load(&list);

	if (!ret && cell->start)
		ret = device_request(JAILHOUSE_CELL_START, &started);
	if (ret)
		device_request(JAILHOUSE_CELL_DESTROY, &started);
	return ret;
}

static int find_permissive(struct permissive *permissive, const struct cell_plan *plan,
			   bool allow_dma)
{
	struct jailhouse_cell_desc *config;
	size_t size;
	int ret;

	config = cell_plan_binary(plan, &size);
	if (!config)
		return EXIT_REFUSED;
	ret = permissive_find(permissive, config, plan->hardware, allow_dma);
	free(config);
	return ret;
}

static int create_on(const struct one_cell *cell, const struct hardware *hw)
{
	struct image image = { .file = cell->load };
	struct permissive permissive = { .count = 0 };
	struct jailhouse_cell_id name = { .id = JAILHOUSE_CELL_ID_UNUSED };
	struct cell_plan *plan;
	int ret;

	ret = cell_plan_make(cell, hw, &plan);
	if (ret)
		return ret;
	if (cell->load)
		ret = file_read("image", cell->load, &image.data, &image.size);
	if (!ret && cell->permissive)
		ret = find_permissive(&permissive, plan, cell->allow_dma);
	if (!ret)
		ret = create_somewhere(plan, &permissive, hw);
	snprintf(name.name, sizeof(name.name), "%s", cell->name);
	if (!ret && cell->load)
		ret = load_and_start(cell, &name, &image);
	free(image.data);
	free(plan);
	return ret;
}

int one_cell_create(const struct one_cell *cell, bool cpuset)
{
	struct hardware_source here = { .folder = NULL };
	struct hardware *hardware;
	int ret;

	ret = one_cell_check(cell);
	if (!ret)
		ret = sysfs_need_enabled();
	if (!ret)
		ret = hardware_read(&here, &hardware);
	if (ret)
		return ret;
	ret = create_on(cell, hardware);
	hardware_free(hardware);
	if (!ret && cpuset)
		cpuset_take(cell->sharing.cpus);
	return ret;
}
