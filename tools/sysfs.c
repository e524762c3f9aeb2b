/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "io.h"
#include "message.h"
#include "options.h"
#include "sysfs.h"

#define PATH_LEN	512

static void full_path(char *full, const char *path)
{
	snprintf(full, PATH_LEN, "%s/%s", io_sysfs_root(), path);
}

int sysfs_read_line(char *line, size_t size, const char *path)
{
	char full[PATH_LEN];

	full_path(full, path);
	return file_read_line(line, size, full);
}

int sysfs_read_number(u64 *value, const char *path)
{
	char line[32];
	int ret;

	ret = sysfs_read_line(line, sizeof(line), path);
	if (ret)
		return ret;
	return parse_number(line, ~0ULL, value) ? 0 : -EINVAL;
}

int sysfs_enabled(bool *enabled)
{
	u64 value;

	if (sysfs_read_number(&value, "enabled"))
		return refused("the driver is not loaded (no %s); "
			       "load jailhouse.ko first", io_sysfs_root());
	*enabled = value != 0;
	return EXIT_DONE;
}

int sysfs_notice_disabled(bool *enabled)
{
	int ret = sysfs_enabled(enabled);

	if (!ret && !*enabled)
		notice("the hypervisor is not enabled");
	return ret;
}

int sysfs_need_enabled(void)
{
	bool enabled = false;
	int ret = sysfs_enabled(&enabled);

	if (!ret && !enabled)
		ret = refused("the hypervisor is not enabled");
	return ret;
}

int sysfs_for_each(const char *path,
		   void (*entry)(const char *name, void *context),
		   void *context)
{
	char full[PATH_LEN];
	struct dirent *found;
	DIR *folder;

	full_path(full, path);
	folder = opendir(full);
	if (!folder)
		return -errno;
	while ((found = readdir(folder)))
		if (found->d_name[0] != '.')
			entry(found->d_name, context);
	closedir(folder);
	return 0;
}

/* A cell may be destroyed at any time: the caller skips what fails here. */
static int read_cell(struct sysfs_cell *cell)
{
	struct {
		const char *file;
		char *text;
		size_t size;
	} files[] = {
		{ "name", cell->name, sizeof(cell->name) },
		{ "state", cell->state, sizeof(cell->state) },
		{ "cpus_assigned_list", cell->cpus_assigned,
		  sizeof(cell->cpus_assigned) },
		{ "cpus_failed_list", cell->cpus_failed,
		  sizeof(cell->cpus_failed) },
		{ "cpus_shared_list", cell->cpus_shared,
		  sizeof(cell->cpus_shared) },
		{ "sharing", cell->sharing, sizeof(cell->sharing) },
		{ "failure", cell->failure, sizeof(cell->failure) },
		{ "first_failure", cell->first_failure, sizeof(cell->first_failure) },
		{ "fault", cell->fault, sizeof(cell->fault) },
		{ "irq_delivery", cell->irq_delivery,
		  sizeof(cell->irq_delivery) },
	};
	char path[64];
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "cells/%u/%s", cell->id,
			 files[i].file);
		ret = sysfs_read_line(files[i].text, files[i].size, path);
		if (ret)
			return ret;
	}
	snprintf(path, sizeof(path), "cells/%u/restarts", cell->id);
	ret = sysfs_read_number(&cell->restarts, path);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "cells/%u/permissive", cell->id);
	return sysfs_read_number(&cell->permissive, path);
}

struct cell_list {
	struct sysfs_cell *cells;
	size_t count;
	bool no_memory;
};

static void add_cell(const char *name, void *context)
{
	struct cell_list *list = context;
	struct sysfs_cell *larger;
	u64 id;

	if (list->no_memory || !parse_number(name, INT32_MAX, &id))
		return;
	larger = realloc(list->cells, (list->count + 1) * sizeof(*larger));
	if (!larger) {
		list->no_memory = true;
		return;
	}
	list->cells = larger;
	larger[list->count].id = (unsigned int)id;
	if (!read_cell(&larger[list->count]))
		list->count++;
}

static int by_id(const void *a, const void *b)
{
	const struct sysfs_cell *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

bool sysfs_cell_runs(const struct sysfs_cell *cell)
{
	return !strncmp(cell->state, "running", strlen("running"));
}

int sysfs_read_cells(struct sysfs_cell **cells, size_t *count)
{
	struct cell_list list = { .cells = NULL };
	int ret;

	/* no such folder: not enabled, no cells */
	ret = sysfs_for_each("cells", add_cell, &list);
	if (ret == -ENOENT)
		ret = 0;
	if (list.no_memory)
		ret = -ENOMEM;
	if (ret) {
		free(list.cells);
		return refused("cannot read %s/cells: %s", io_sysfs_root(),
			       strerror(-ret));
	}
	if (list.count)
		qsort(list.cells, list.count, sizeof(*list.cells), by_id);
	*cells = list.cells;
	*count = list.count;
	return EXIT_DONE;
}
