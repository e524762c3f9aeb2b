// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/cell_mem.h"
#include "cell/cells.h"
#include "cell/restart.h"
#include "cell/watch.h"
#include "config.h"
#include "cpus.h"
#include "el2/hyp.h"
#include "error.h"
#include "mem/content.h"
#include "pci/pci.h"
#include "share.h"
#include "sysfs/sysfs_cell.h"
#include "sysfs/sysfs_stats.h"
#include "vdev/remote.h"

/* How often a cell that was asked for something is asked for its answer. */
#define ANSWER_MS	1

static bool no_waiting;

/* Objects */

static struct cell *new_cell(struct jailhouse_cell_desc *desc, u32 id,
			     const struct cpumask *cpus)
{
	struct cell *cell = kzalloc(sizeof(*cell), GFP_KERNEL);

	if (!cell)
		return NULL;
	INIT_LIST_HEAD(&cell->node);
	INIT_LIST_HEAD(&cell->cpu_stats);
	INIT_LIST_HEAD(&cell->images);
	cell->id = id;
	cell->config = desc;
	cpumask_copy(&cell->cpus, cpus);
	snprintf(cell->label, sizeof(cell->label), "cell \"%s\"", desc->name);
	return cell;
}

int cell_init_root(struct jailhouse_cell_desc *desc, const struct cpumask *cpus,
		   struct jailhouse_error *err)
{
	struct cell *cell = new_cell(desc, 0, cpus);
	int ret = -ENOMEM;

	if (cell)
		ret = sysfs_cell_add(cell);
	if (ret)
		return error_set(err, ret, "cannot make the root cell's folder in sysfs (error %d)",
				 ret);
	cells_add(cell);
	return 0;
}

void cell_exit_root(void)
{
	struct cell *root = cells_root();

	watch_exit();
	cells_remove(root);
	sysfs_cell_remove(root);
}

bool cell_is_permissive(const struct cell *cell)
{
	return cell->config->flags & JAILHOUSE_CELL_PERMISSIVE;
}

/* Links */

bool cell_has_link(const struct cell *cell,
		   const struct jailhouse_pci_device *link)
{
	const struct jailhouse_pci_device *dev;

	for_each_link(dev, cell->config)
		/* whatever the domain: for the hypervisor bdf is the link */
		if (dev->bdf == link->bdf)
			return true;
	return false;
}

/* Requests */

void cell_stop_waiting(void)
{
	WRITE_ONCE(no_waiting, true);
}

int cell_ask(struct cell *cell, unsigned long nr, unsigned long arg2,
	     const char *what, struct jailhouse_error *err)
{
	long ret;

	for (;;) {
		ret = hyp_call(nr, cell->id, arg2);
		if (ret != -EAGAIN)
			break;
		schedule_timeout_interruptible(msecs_to_jiffies(ANSWER_MS));
		if (!signal_pending(current) && !READ_ONCE(no_waiting))
			continue;
		hyp_call(CELLBLOCK_HC_CELL_SHUTDOWN, cell->id,
			 CELLBLOCK_SHUTDOWN_CANCEL);
		return error_set(err, -EINTR, "%s has not answered the request to shut down, which is withdrawn: interrupted by a signal",
				 cell->label);
	}
	return ret < 0 ? hyp_refused(err, ret, "%s cannot be %s", cell->label,
				     what) : 0;
}

int cell_stop(struct cell *cell, bool force, const char *what,
	      struct jailhouse_error *err)
{
	/* what has failed may still run, if it could not be stopped then */
	if (watch_has_failed(cell) &&
	    !hyp_call(CELLBLOCK_HC_CELL_SHUTDOWN, cell->id,
		      CELLBLOCK_SHUTDOWN_FORCE))
		return 0;
	return cell_ask(cell, CELLBLOCK_HC_CELL_SHUTDOWN,
			force ? CELLBLOCK_SHUTDOWN_FORCE :
				CELLBLOCK_SHUTDOWN_ASK, what, err);
}

/* Creation */

static int create_in_hypervisor(struct cell *cell, struct jailhouse_error *err)
{
	long ret;

	cell->config->id = cell->id;
	content_flush(cell->config, cell->config_size);
	cell->created = ktime_get();
	pci_begin_create();
	ret = hyp_call(JAILHOUSE_HC_CELL_CREATE, virt_to_phys(cell->config), 0);
	pci_end_change(ret >= 0);
	return ret < 0 ? hyp_refused(err, ret, "the hypervisor cannot create %s",
				     cell->label) : 0;
}

/* Moves CPU statistics of root to the cell or back. */
static void update_root(struct cell *cell, bool created)
{
	struct cell *root = cells_root();

	if (created) {
		sysfs_stats_remove_cpus(root, &cell->cpus);
		cpumask_andnot(&root->cpus, &root->cpus, &cell->cpus);
		return;
	}
	cpumask_or(&root->cpus, &root->cpus, &cell->cpus);
	if (sysfs_stats_add_cpus(root, &cell->cpus))
		pr_warn("no memory to show statistics of the CPUs %*pbl\n",
			cpumask_pr_args(&cell->cpus));
}

static int begin_sharing(const struct cell *cell, struct jailhouse_error *err)
{
	struct cpumask cpus;

	cells_shared_alone(cell, &cpus);
	return share_begin(&cpus, err);
}

/* Once the cell is not in the hypervisor any more. */
static void end_sharing(const struct cell *cell)
{
	struct cpumask cpus;

	cells_shared_alone(cell, &cpus);
	share_end(&cpus);
}

/* Consumes the cell's object on failure. */
static int build(struct cell *cell, struct jailhouse_error *err)
{
	int ret;

	ret = sysfs_cell_add(cell);
	if (ret)
		return error_set(err, ret, "cannot make the cell's folder in sysfs (error %d)",
				 ret);
	ret = cell_mem_take(cell, err);
	if (ret)
		goto remove;
	ret = cpus_take(&cell->cpus, err);
	if (ret)
		goto return_memory;
	ret = begin_sharing(cell, err);
	if (ret)
		goto return_cpus;
	ret = create_in_hypervisor(cell, err);
	if (!ret)
		return 0;
	end_sharing(cell);
return_cpus:
	cpus_return(&cell->cpus);
return_memory:
	cell_mem_return(cell);
remove:
	sysfs_cell_remove(cell);
	return ret;
}

static int create(struct jailhouse_cell_desc *desc, size_t size,
		  struct jailhouse_error *err)
{
	struct cpumask cpus, shared;
	struct cell *cell;
	int ret;

	ret = cells_check_new(desc, err);
	if (!ret)
		ret = config_cpus(desc, &cpus, err);
	if (!ret)
		ret = config_cpus_shared(desc, &shared, err);
	cell = ret ? NULL : new_cell(desc, cells_free_id(), &cpus);
	if (!cell) {
		kfree(desc);
		return ret ?: error_set(err, -ENOMEM, "no memory for a cell");
	}
	cpumask_copy(&cell->shared, &shared);
	cell->config_buffer = desc;
	cell->config_size = size;
	ret = build(cell, err);
	if (ret)
		return ret;
	cells_add(cell);
	update_root(cell, true);
	watch_add(cell);
	pr_info("created %s\n", cell->label);
	if (cell_is_permissive(cell))
		pr_warn("%s is PERMISSIVE: it accesses devices that it was not given\n",
			cell->label);
	return 0;
}

int cell_create(const struct jailhouse_cell_create __user *arg,
		struct jailhouse_error *err)
{
	struct jailhouse_cell_create request;
	struct jailhouse_cell_desc *desc;
	size_t size;
	int ret;

	if (!hyp_is_enabled())
		return error_set(err, -EINVAL, "the hypervisor is not enabled");
	if (copy_from_user(&request, arg, sizeof(request)))
		return error_set(err, -EFAULT, "the request is not readable");
	ret = config_read_cell(&request, &desc, &size, err);
	return ret ? ret : create(desc, size, err);
}

/* Start */

/* By its own words, also if its CPUs have not been stopped yet */
static bool has_ended(const struct cell *cell)
{
	return hyp_call(JAILHOUSE_HC_CELL_GET_STATE, cell->id, 0) >=
	       JAILHOUSE_CELL_SHUT_DOWN;
}

int cell_run(struct cell *cell, struct jailhouse_error *err)
{
	unsigned int n;

	/* less of them than there is room for is no reason not to start it */
	for (n = 0; n < CELLBLOCK_ENTROPY_WORDS; n++)
		hyp_call(CELLBLOCK_HC_CELL_WATCH, cell->id, get_random_u64());
	return cell_ask(cell, JAILHOUSE_HC_CELL_START, 0, "started", err);
}

int cell_start(struct cell *cell, bool checked, struct jailhouse_error *err)
{
	int ret;

	if (checked && !cell->loaded)
		return error_set(err, -EINVAL, "nothing was loaded into %s: load an image first, or start it with --force",
				 cell->label);
	/* one that runs keeps its devices: the hypervisor refuses to start it */
	if (!checked || has_ended(cell)) {
		ret = cell_stop(cell, false, "stopped to be started again", err);
		if (ret)
			return ret;
		remote_cell_stopped(cell);
	}
	ret = cell_run(cell, err);
	if (ret)
		return ret;
	watch_started(cell, false);
	pr_info("started %s\n", cell->label);
	return 0;
}

/* Destruction */

int cell_destroy(struct cell *cell, bool force, struct jailhouse_error *err)
{
	int ret;

	/* whoever denies it loses no link */
	ret = cell_stop(cell, force, "destroyed", err);
	if (ret)
		return ret;
	remote_cell_goes(cell);
	pci_begin_destroy(cell);
	ret = cell_ask(cell, JAILHOUSE_HC_CELL_DESTROY, 0, "destroyed", err);
	pci_end_change(ret);
	if (ret)
		return ret;
	pr_info("destroyed %s\n", cell->label);
	cells_remove(cell);
	watch_remove(cell);
	restart_forget(cell);
	cell_mem_return(cell);
	end_sharing(cell);
	cpus_return(&cell->cpus);
	update_root(cell, false);
	sysfs_cell_remove(cell);
	return 0;
}

int cell_destroy_all(bool force, struct jailhouse_error *err)
{
	struct cell *cell;
	int ret = 0;

	/* all are asked before the first is lost */
	for (cell = cells_next(NULL); cell && !force && !ret; cell = cells_next(cell))
		ret = cell_stop(cell, false, "shut down", err);
	while (!ret && cells_next(NULL))
		ret = cell_destroy(cells_next(NULL), force, err);
	return ret;
}
