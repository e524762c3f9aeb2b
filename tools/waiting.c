/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdlib.h>

#include <uapi/jailhouse.h>

#include "cell_id.h"
#include "io.h"
#include "message.h"
#include "power.h"
#include "sysfs.h"
#include "waiting.h"

#define PATIENCE_MS	1000

static void say(const struct sysfs_cell *cell)
{
	notice("cell \"%s\" has not answered the request to shut down yet, it is waited for: "
	       "Ctrl-C withdraws the request, 'jailhouse cell shutdown --force %s' does not ask",
	       cell->name, cell->name);
}

static void say_which(const void *cell_id)
{
	struct sysfs_cell *cells;
	size_t count, i;

	if (sysfs_read_cells(&cells, &count))
		return;
	for (i = 0; i < count; i++)
		if (cells[i].id && sysfs_cell_runs(&cells[i]) &&
		    (!cell_id || cell_id_matches(cell_id, &cells[i])))
			say(&cells[i]);
	free(cells);
}

/* The cell that it asks first, if it asks a cell or all of them. */
static bool asks(unsigned long request, const void *arg, const struct jailhouse_cell_id **cell)
{
	*cell = arg;
	switch (request) {
	case JAILHOUSE_DISABLE:
		*cell = NULL;
		return true;
	case JAILHOUSE_CELL_LOAD:
		*cell = &((const struct jailhouse_cell_load *)arg)->cell_id;
		return true;
	case JAILHOUSE_CELL_START:
		return !((*cell)->padding & JAILHOUSE_CELL_CHECKED);
	case JAILHOUSE_CELL_RESTART:
	case JAILHOUSE_CELL_DESTROY:
		return true;
	default:
		return false;
	}
}

/* All that are asked by the request, each after the other. */
static int power_off_all(void)
{
	struct jailhouse_cell_id id = { 0 };
	struct sysfs_cell *cells;
	size_t count, i;
	int ret = EXIT_DONE;

	if (sysfs_read_cells(&cells, &count))
		return EXIT_DONE;
	for (i = 0; !ret && i < count; i++) {
		id.id = (__s32)cells[i].id;
		if (id.id)
			ret = power_off(&id);
	}
	free(cells);
	return ret;
}

int waiting_power_off(unsigned long request, const void *arg)
{
	const struct jailhouse_cell_id *cell;

	if (!asks(request, arg, &cell))
		return EXIT_DONE;
	if (!cell)
		return power_off_all();
	return cell->padding & JAILHOUSE_CELL_FORCE ? EXIT_DONE : power_off(cell);
}

int waiting_begin(unsigned long request, const void *arg)
{
	const struct jailhouse_cell_id *cell;

	return asks(request, arg, &cell) ? io_later(PATIENCE_MS, say_which, cell) : 0;
}

void waiting_end(int waiting)
{
	if (waiting)
		io_not_later(waiting);
}
