// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/list.h>
#include <linux/string.h>

#include <cellblock/loader.h>
#include <jailhouse/cell-config.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/cells.h"
#include "config.h"
#include "el2/hyp.h"
#include "error.h"

/* The first is root. */
static LIST_HEAD(cells);

void cells_add(struct cell *cell)
{
	list_add_tail(&cell->node, &cells);
}

void cells_remove(struct cell *cell)
{
	list_del(&cell->node);
}

struct cell *cells_root(void)
{
	return list_first_entry_or_null(&cells, struct cell, node);
}

struct cell *cells_next(struct cell *cell)
{
	if (!cell)
		cell = cells_root();
	if (!cell || list_is_last(&cell->node, &cells))
		return NULL;
	return list_next_entry(cell, node);
}

int cells_check_new(const struct jailhouse_cell_desc *desc,
		    struct jailhouse_error *err)
{
	u32 shares[CELLBLOCK_MAX_CPUS] = { 0 };
	const struct cell *cell;
	int ret;

	list_for_each_entry(cell, &cells, node) {
		ret = config_check_beside(desc, cell->config,
					  cell == cells_root(), err);
		if (ret)
			return ret;
		config_sum_up(cell->config, shares);
	}
	return config_check_sum(desc, shares, err);
}

void cells_shared_alone(const struct cell *cell, struct cpumask *cpus)
{
	const struct cell *other;

	cpumask_copy(cpus, &cell->shared);
	list_for_each_entry(other, &cells, node)
		if (other != cell)
			cpumask_andnot(cpus, cpus, &other->shared);
}

static struct cell *named(const char *name)
{
	struct cell *cell;

	list_for_each_entry(cell, &cells, node)
		if (!strncmp(cell->config->name, name,
			     JAILHOUSE_CELL_NAME_MAXLEN + 1))
			return cell;
	return NULL;
}

static struct cell *with_id(u32 id)
{
	struct cell *cell;

	list_for_each_entry(cell, &cells, node)
		if (cell->id == id)
			return cell;
	return NULL;
}

struct cell *cells_find(const struct jailhouse_cell_id *id, int *ret,
			struct jailhouse_error *err)
{
	bool by_name = id->id == JAILHOUSE_CELL_ID_UNUSED;
	struct cell *cell = by_name ? named(id->name) : with_id(id->id);

	*ret = 0;
	if (!hyp_is_enabled())
		*ret = error_set(err, -EINVAL, "the hypervisor is not enabled");
	else if (!cell && by_name)
		*ret = error_set(err, -ENOENT, "no cell is named \"%.31s\"",
				 id->name);
	else if (!cell)
		*ret = error_set(err, -ENOENT, "no cell has the id %d", id->id);
	else if (cell == cells_root())
		*ret = error_set(err, -EINVAL, "%s is the root cell, this Linux: it cannot be loaded, started, shut down or destroyed",
				 cell->label);
	return *ret ? NULL : cell;
}

u32 cells_free_id(void)
{
	u32 id = 1;

	while (with_id(id))
		id++;
	return id;
}

bool cells_have_link(const struct jailhouse_pci_device *link,
		     const struct cell *but)
{
	struct cell *cell;

	for (cell = cells_next(NULL); cell; cell = cells_next(cell))
		if (cell != but && cell_has_link(cell, link))
			return true;
	return false;
}
