/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <drivers/uart/uart.h>
#include <uapi/jailhouse.h>

#include "config/one_cell.h"
#include "config/plan.h"
#include "device.h"
#include "file.h"
#include "io.h"
#include "load/images.h"
#include "message.h"
#include "show/cpu_list.h"
#include "sysfs.h"

/* ARM's convention for the communication region; RAM ends before it */
#define COMM_BASE	0x80000000ULL

struct config {
	struct jailhouse_cell_desc cell;
	u64 cpus;
	struct jailhouse_memory mem[3];		/* RAM, communication region, UART */
} __attribute__((packed));

static int check(const struct one_cell *cell, u64 *cpus)
{
	if (!cell->name || !cell->cpus || !cell->ram)
		return misused("a cell without a configuration needs --name, --cpus and --ram");
	if (!*cell->name || strlen(cell->name) > JAILHOUSE_CELL_NAME_MAXLEN)
		return misused("the name '%s' does not have 1 to %d characters", cell->name,
			       JAILHOUSE_CELL_NAME_MAXLEN);
	if (!cpu_list_parse(cpus, cell->cpus))
		return misused("'%s' is not a list of CPUs such as 2-3,5", cell->cpus);
	if (cell->ram % AREA_PAGE || cell->ram > COMM_BASE)
		return misused("RAM of 0x%llx bytes: it must be a multiple of 4K, and at most 2G",
			       cell->ram);
	if (cell->start && !cell->load)
		return misused("--start needs --load");
	return EXIT_DONE;
}

static void set_region(struct jailhouse_memory *mem, u64 phys, u64 virt, u64 size, u64 flags)
{
	mem->phys_start = phys;
	mem->virt_start = virt;
	mem->size = size;
	mem->flags = flags;
}

/* The UART of Linux, or the hypervisor's console. */
static int set_console(struct config *config, const struct one_cell *cell,
		       const struct hardware *hw)
{
	const struct jailhouse_console *console;

	config->cell.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED;
	if (!cell->console) {
		config->cell.flags |= JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE;
		return EXIT_DONE;
	}
	if (hw->stdout_uart < 0 || !uart_is_supported(hw->uart[hw->stdout_uart].console.type))
		return refused("this machine's console is no UART that cells can use: leave "
			       "--console out, 'jailhouse console' shows what the cell prints");
	console = &hw->uart[hw->stdout_uart].console;
	config->cell.console = *console;
	config->cell.num_memory_regions = 3;
	set_region(&config->mem[2], console->address & ~(AREA_PAGE - 1),
		   console->address & ~(AREA_PAGE - 1), AREA_PAGE,
		   JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO |
		   JAILHOUSE_MEM_ROOTSHARED);
	return EXIT_DONE;
}

static int make(struct config *config, const struct one_cell *cell, u64 cpus,
		const struct hardware *hw)
{
	struct jailhouse_cell_desc *desc = &config->cell;

	memset(config, 0, sizeof(*config));
	memcpy(desc->signature, JAILHOUSE_CELL_DESC_SIGNATURE, sizeof(desc->signature));
	desc->architecture = JAILHOUSE_ARM64;
	desc->revision = JAILHOUSE_CONFIG_REVISION;
	snprintf(desc->name, sizeof(desc->name), "%s", cell->name);
	desc->cpu_set_size = sizeof(config->cpus);
	desc->num_memory_regions = 2;
	config->cpus = cpus;
	set_region(&config->mem[0], 0, 0, cell->ram,
		   JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE |
		   JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_LOADABLE);
	set_region(&config->mem[1], 0, COMM_BASE, AREA_PAGE,
		   JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION);
	return set_console(config, cell, hw);
}

/* Memory that Linux cannot give, or somebody has, is looked for elsewhere. */
static int create_somewhere(struct config *config, const struct hardware *hw, int *id)
{
	struct jailhouse_cell_create request = {
		.config_address = (__u64)(uintptr_t)config,
		.config_size = sizeof(*config),
	};
	unsigned int n, count;
	u64 places[PLAN_PLACES];
	int fd, ret = -ENOMEM;

	count = plan_places(hw, config->mem[0].size, places);
	if (!count)
		return refused("%s", plan_no_place(config->mem[0].size));
	fd = device_open();
	if (fd < 0)
		return EXIT_REFUSED;
	for (n = 0; n < count && (ret == -EBUSY || ret == -ENOMEM); n++) {
		config->mem[0].phys_start = places[n];
		ret = io_device_ioctl(fd, JAILHOUSE_CELL_CREATE, &request);
	}
	if (ret >= 0)
		*id = ret;
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
		ret = device_request(JAILHOUSE_CELL_START, &started, NULL);
	if (ret)
		device_request(JAILHOUSE_CELL_DESTROY, &started, NULL);
	return ret;
}

static int create_on(const struct one_cell *cell, u64 cpus, const struct hardware *hw, int *id)
{
	struct image image = { .file = cell->load };
	struct jailhouse_cell_id name = { .id = JAILHOUSE_CELL_ID_UNUSED };
	struct config config;
	int ret;

	ret = make(&config, cell, cpus, hw);
	if (!ret && cell->load)
		ret = file_read("image", cell->load, &image.data, &image.size);
	if (!ret)
		ret = create_somewhere(&config, hw, id);
	snprintf(name.name, sizeof(name.name), "%s", cell->name);
	if (!ret && cell->load)
		ret = load_and_start(cell, &name, &image);
	free(image.data);
	return ret;
}

int one_cell_create(const struct one_cell *cell, int *id)
{
	struct hardware_source here = { .folder = NULL };
	struct hardware *hardware;
	u64 cpus;
	int ret;

	ret = check(cell, &cpus);
	if (!ret)
		ret = sysfs_need_enabled();
	if (!ret)
		ret = hardware_read(&here, &hardware);
	if (ret)
		return ret;
	ret = create_on(cell, cpus, hardware, id);
	hardware_free(hardware);
	return ret;
}
