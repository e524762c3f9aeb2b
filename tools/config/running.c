/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/plan.h"
#include "config/running.h"
#include "config_file.h"
#include "io.h"
#include "message.h"
#include "sysfs.h"

#define PATH_LEN	256

int running_read_config(unsigned int id, void **config, size_t *size, bool *is_system)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/cells/%u/config", io_sysfs_root(), id);
	return config_file_read_any(path, config, size, is_system);
}

static int read_one(struct running *running, unsigned int id)
{
	unsigned int n = running->count;
	const struct jailhouse_system *system;
	bool is_system;
	size_t size;
	int ret;

	if (n == RUNNING_MAX)
		return refused("there are more than %d cells", RUNNING_MAX);
	ret = running_read_config(id, &running->file[n], &size, &is_system);
	if (ret)
		return ret;
	system = running->file[n];
	running->cell[n] = is_system ? &system->root_cell : running->file[n];
	running->count++;
	return EXIT_DONE;
}

int running_read(struct running *running)
{
	struct sysfs_cell *cells;
	size_t count, n;
	int ret;

	running->count = 0;
	ret = sysfs_read_cells(&cells, &count);
	if (ret)
		return ret;
	/* by their ids: root is the first */
	for (n = 0; n < count && !ret; n++)
		ret = read_one(running, cells[n].id);
	free(cells);
	return ret;
}

void running_free(struct running *running)
{
	while (running->count)
		free(running->file[--running->count]);
}

const struct jailhouse_cell_desc *running_find(const struct running *running, const char *name)
{
	unsigned int n;

	for (n = 0; n < running->count; n++)
		if (!strncmp(running->cell[n]->name, name, sizeof(running->cell[n]->name)))
			return running->cell[n];
	return NULL;
}

/* INTA to INTD */
static bool has_pin(const struct jailhouse_cell_desc *root, u32 intid)
{
	return root->num_pci_devices && intid - 32 - root->vpci_irq_base < 4;
}

bool running_keeps_irq(const struct running *running, u32 intid)
{
	unsigned int n;

	if (running->count && (has_pin(running->cell[0], intid) ||
			       !config_has_irq(running->cell[0], intid)))
		return true;
	for (n = 1; n < running->count; n++)
		if (config_has_irq(running->cell[n], intid))
			return true;
	return false;
}

u16 running_pci_domain(const struct running *running, const struct hardware *hardware)
{
	const struct jailhouse_system *system = running->count ? running->file[0] : NULL;

	return system ? system->platform_info.pci_domain : plan_pci_domain(hardware);
}
