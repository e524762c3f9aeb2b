// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/restart.h"
#include "cell/watch.h"
#include "config.h"
#include "cpus.h"
#include "el2/hyp.h"
#include "error.h"
#include "mem/hvmem.h"
#include "mem/ram.h"
#include "pci/pci.h"
#include "sysfs/sysfs_cell.h"
#include "sysfs/sysfs_stats.h"

/* How often a cell that was asked for something is asked for its answer. */
#define ANSWER_MS	1

/* All cells; the first is root's, if the hypervisor is enabled. */
static LIST_HEAD(cells);
static struct cell *root_cell;
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
	root_cell = cell;
	list_add(&cell->node, &cells);
	return 0;
}

void cell_exit_root(void)
{
	watch_exit();
	list_del(&root_cell->node);
	sysfs_cell_remove(root_cell);
	root_cell = NULL;
}

static bool has_name(const struct cell *cell, const char *name)
{
	return !strncmp(cell->config->name, name, JAILHOUSE_CELL_NAME_MAXLEN + 1);
}

static struct cell *lookup(const struct jailhouse_cell_id *id)
{
	struct cell *cell;

	list_for_each_entry(cell, &cells, node)
		if (id->id == JAILHOUSE_CELL_ID_UNUSED ?
		    has_name(cell, id->name) : cell->id == (u32)id->id)
			return cell;
	return NULL;
}

struct cell *cell_find(const struct jailhouse_cell_id *id, int *ret,
		       struct jailhouse_error *err)
{
	struct cell *cell = lookup(id);

	*ret = 0;
	if (!hyp_is_enabled())
		*ret = error_set(err, -EINVAL, "the hypervisor is not enabled");
	else if (!cell && id->id == JAILHOUSE_CELL_ID_UNUSED)
		*ret = error_set(err, -ENOENT, "no cell is named \"%.31s\"",
				 id->name);
	else if (!cell)
		*ret = error_set(err, -ENOENT, "no cell has the id %d", id->id);
	else if (cell == root_cell)
		*ret = error_set(err, -EINVAL, "%s is the root cell, this Linux: it cannot be loaded, started, shut down or destroyed",
				 cell->label);
	return *ret ? NULL : cell;
}

static u32 free_id(void)
{
	struct jailhouse_cell_id id = { .id = 1 };

	while (lookup(&id))
		id.id++;
	return id.id;
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

bool cell_others_have_link(const struct cell *cell,
			   const struct jailhouse_pci_device *link)
{
	const struct cell *other;

	list_for_each_entry(other, &cells, node)
		if (other != cell && other != root_cell &&
		    cell_has_link(other, link))
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

/* Memory */

/*
 * Does a region need memory that Linux has or can reach? Devices do not, nor
 * the communication region, which is the hypervisor's.
 */
static bool is_memory(const struct jailhouse_memory *mem)
{
	u64 end = mem->phys_start + mem->size;

	if (!mem->size || mem->flags & JAILHOUSE_MEM_COMM_REGION)
		return false;
	if (!(mem->flags & JAILHOUSE_MEM_IO) &&
	    !JAILHOUSE_MEMORY_IS_SUBPAGE(mem) &&
	    mem->flags & (JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_ROOTSHARED) &&
	    (ram_exists(mem->phys_start, end) ||
	     mem->flags & JAILHOUSE_MEM_LOADABLE))
		return true;
	return ram_has_linux(mem->phys_start, end);
}

static enum hvmem_use use_of(const struct jailhouse_memory *mem)
{
	return mem->flags & JAILHOUSE_MEM_ROOTSHARED ? HVMEM_CELL_SHARED :
		HVMEM_CELL;
}

static void give_memory(struct cell *cell)
{
	const struct jailhouse_memory *mem = config_mem_regions(cell->config);
	unsigned int i;

	for_each_set_bit(i, cell->taken, cell->config->num_memory_regions)
		hvmem_give(mem[i].phys_start, mem[i].size, use_of(&mem[i]));
	bitmap_free(cell->taken);
	cell->taken = NULL;
}

static int take_memory(struct cell *cell, struct jailhouse_error *err)
{
	const struct jailhouse_memory *mem = config_mem_regions(cell->config);
	unsigned int i, count = cell->config->num_memory_regions;
	int ret;

	cell->taken = bitmap_zalloc(max(count, 1U), GFP_KERNEL);
	if (!cell->taken)
		return error_set(err, -ENOMEM, "no memory for %s", cell->label);
	for (i = 0; i < count; i++) {
		if (mem[i].phys_start + mem[i].size < mem[i].phys_start)
			ret = error_set(err, -EINVAL, "memory region %u of %s runs off the address space: %#llx bytes at %#llx",
					i, cell->label, mem[i].size,
					mem[i].phys_start);
		else if (!is_memory(&mem[i]))
			continue;
		else
			ret = hvmem_take(mem[i].phys_start, mem[i].size,
					 use_of(&mem[i]), cell->label, err);
		if (ret) {
			give_memory(cell);
			return ret;
		}
		__set_bit(i, cell->taken);
	}
	return 0;
}

/* Creation */

static int create_in_hypervisor(struct cell *cell, struct jailhouse_error *err)
{
	long ret;

	cell->config->id = cell->id;
	hvmem_flush(cell->config, cell->config_size);
	pci_begin_create();
	ret = hyp_call(JAILHOUSE_HC_CELL_CREATE, virt_to_phys(cell->config), 0);
	pci_end_change(ret >= 0);
	return ret < 0 ? hyp_refused(err, ret, "the hypervisor cannot create %s",
				     cell->label) : 0;
}

/* Moves CPU statistics of root to the cell or back. */
static void update_root(struct cell *cell, bool created)
{
	if (created) {
		sysfs_stats_remove_cpus(root_cell, &cell->cpus);
		cpumask_andnot(&root_cell->cpus, &root_cell->cpus, &cell->cpus);
		return;
	}
	cpumask_or(&root_cell->cpus, &root_cell->cpus, &cell->cpus);
	if (sysfs_stats_add_cpus(root_cell, &cell->cpus))
		pr_warn("no memory to show statistics of the CPUs %*pbl\n",
			cpumask_pr_args(&cell->cpus));
}

/* Consumes the cell's object on failure. */
static int build(struct cell *cell, struct jailhouse_error *err)
{
	int ret;

	ret = sysfs_cell_add(cell);
	if (ret)
		return error_set(err, ret, "cannot make the cell's folder in sysfs (error %d)",
				 ret);
	ret = take_memory(cell, err);
	if (ret)
		goto remove;
	ret = cpus_take(&cell->cpus, cell->label, err);
	if (ret)
		goto give;
	ret = create_in_hypervisor(cell, err);
	if (!ret)
		return 0;
	cpus_give(&cell->cpus);
give:
	give_memory(cell);
remove:
	sysfs_cell_remove(cell);
	return ret;
}

static int create(struct jailhouse_cell_desc *desc, size_t size,
		  struct jailhouse_error *err)
{
	struct jailhouse_cell_id id = { .id = JAILHOUSE_CELL_ID_UNUSED };
	struct cpumask cpus;
	struct cell *cell;
	int ret;

	strscpy(id.name, desc->name, sizeof(id.name));
	if (lookup(&id))
		ret = error_set(err, -EEXIST, "a cell named \"%s\" exists already",
				desc->name);
	else
		ret = config_cpus(desc, &cpus, err);
	cell = ret ? NULL : new_cell(desc, free_id(), &cpus);
	if (!cell) {
		kfree(desc);
		return ret ?: error_set(err, -ENOMEM, "no memory for a cell");
	}
	cell->config_buffer = desc;
	cell->config_size = size;
	ret = build(cell, err);
	if (ret)
		return ret;
	list_add_tail(&cell->node, &cells);
	update_root(cell, true);
	watch_add(cell);
	pr_info("created %s\n", cell->label);
	return (int)cell->id;
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

int cell_start(const struct jailhouse_cell_id __user *arg,
	       struct jailhouse_error *err)
{
	struct jailhouse_cell_id id;
	struct cell *cell;
	int ret;

	if (copy_from_user(&id, arg, sizeof(id)))
		return error_set(err, -EFAULT, "the request is not readable");
	cell = cell_find(&id, &ret, err);
	if (!cell)
		return ret;
	if (!cell->loaded && !(id.padding & JAILHOUSE_CELL_FORCE))
		return error_set(err, -EINVAL, "nothing was loaded into %s: load an image first, or start it with --force",
				 cell->label);
	ret = cell_ask(cell, JAILHOUSE_HC_CELL_START, 0, "started", err);
	if (ret)
		return ret;
	watch_started(cell, false);
	pr_info("started %s\n", cell->label);
	return 0;
}

/* Destruction */

static int destroy(struct cell *cell, bool force, struct jailhouse_error *err)
{
	int ret;

	/* whoever denies it loses no link */
	ret = cell_stop(cell, force, "destroyed", err);
	if (ret)
		return ret;
	pci_begin_destroy(cell);
	ret = cell_ask(cell, JAILHOUSE_HC_CELL_DESTROY, 0, "destroyed", err);
	pci_end_change(ret);
	if (ret)
		return ret;
	pr_info("destroyed %s\n", cell->label);
	list_del(&cell->node);
	watch_remove(cell);
	restart_forget(cell);
	give_memory(cell);
	cpus_give(&cell->cpus);
	update_root(cell, false);
	sysfs_cell_remove(cell);
	return 0;
}

int cell_destroy(const struct jailhouse_cell_id __user *arg,
		 struct jailhouse_error *err)
{
	struct jailhouse_cell_id id;
	struct cell *cell;
	int ret;

	if (copy_from_user(&id, arg, sizeof(id)))
		return error_set(err, -EFAULT, "the request is not readable");
	cell = cell_find(&id, &ret, err);
	return cell ? destroy(cell, id.padding & JAILHOUSE_CELL_FORCE, err) : ret;
}

int cell_destroy_all(bool force, struct jailhouse_error *err)
{
	struct cell *cell, *next;
	int ret;

	/* all are asked before the first is lost */
	list_for_each_entry(cell, &cells, node) {
		if (force || cell == root_cell)
			continue;
		ret = cell_stop(cell, false, "shut down", err);
		if (ret)
			return ret;
	}
	list_for_each_entry_safe(cell, next, &cells, node) {
		if (cell == root_cell)
			continue;
		ret = destroy(cell, force, err);
		if (ret)
			return ret;
	}
	return 0;
}
