// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Starting a cell anew from the images that were loaded last. */

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "cell/cells.h"
#include "cell/load.h"
#include "cell/restart.h"
#include "cell/watch.h"
#include "error.h"
#include "mem/content.h"
#include "vdev/remote.h"

static unsigned int restart_memory = 64;
module_param(restart_memory, uint, 0644);
MODULE_PARM_DESC(restart_memory, "MiB of Linux's memory for copies of each cell's images, so that it can be restarted (default 64)");

struct image_copy {
	struct list_head node;
	u64 target;		/* guest-physical */
	u64 size;
	char data[];
};

static void drop(struct cell *cell, struct image_copy *image)
{
	cell->images_size -= image->size;
	list_del(&image->node);
	kvfree(image);
}

void restart_drop_last(struct cell *cell)
{
	drop(cell, list_last_entry(&cell->images, struct image_copy, node));
}

void restart_forget(struct cell *cell)
{
	struct image_copy *image, *next;

	list_for_each_entry_safe(image, next, &cell->images, node)
		drop(cell, image);
}

/* An image that this one covers is not needed any more. */
static void drop_covered(struct cell *cell, u64 target, u64 size)
{
	struct image_copy *image, *next;

	list_for_each_entry_safe(image, next, &cell->images, node)
		if (image->target >= target && image->size <= size &&
		    image->target - target <= size - image->size)
			drop(cell, image);
}

static struct image_copy *add_image(struct cell *cell, u64 target, u64 size)
{
	u64 most = (u64)restart_memory << 20;
	struct image_copy *image;

	drop_covered(cell, target, size);
	if (size > most || cell->images_size > most - size)
		return NULL;
	image = kvmalloc(sizeof(*image) + size, GFP_KERNEL | __GFP_NOWARN);
	if (!image)
		return NULL;
	image->target = target;
	image->size = size;
	list_add_tail(&image->node, &cell->images);
	cell->images_size += size;
	return image;
}

char *restart_copy(struct cell *cell, u64 target, u64 size)
{
	struct image_copy *image;

	image = cell->images_lost ? NULL : add_image(cell, target, size);
	if (image)
		return image->data;
	/* some of the images would be worse than none */
	cell->images_lost = true;
	restart_forget(cell);
	return NULL;
}

static int put_image(struct cell *cell, const struct image_copy *image)
{
	char *map = memremap(load_place(cell, image->target, image->size),
			     image->size, MEMREMAP_WB);
	u64 at, size;

	if (!map)
		return -ENOMEM;
	for (at = 0; at < image->size; at += size) {
		size = min_t(u64, image->size - at, SZ_1M);
		memcpy(map + at, image->data + at, size);
		/* the cell starts with its caches off */
		content_flush(map + at, size);
		/* it may be large: something else has to run on this CPU, too */
		cond_resched();
	}
	memunmap(map);
	return 0;
}

/* The loadable regions are what the hypervisor does not clear. */
static int clear(const struct cell *cell)
{
	const struct jailhouse_memory *mem;
	int ret = 0;

	for_each_mem(mem, cell->config)
		if (!ret && mem->flags & JAILHOUSE_MEM_LOADABLE &&
		    !(mem->flags & JAILHOUSE_MEM_ROOTSHARED))
			ret = content_zero(mem->phys_start,
					   mem->phys_start + mem->size);
	return ret;
}

static int fill(struct cell *cell, struct jailhouse_error *err)
{
	struct image_copy *image;
	int ret;

	ret = clear(cell);
	list_for_each_entry(image, &cell->images, node)
		if (!ret)
			ret = put_image(cell, image);
	if (!ret)
		return 0;
	cell->loaded = false;
	return error_set(err, ret, "%s was not loaded: its memory cannot be mapped",
			 cell->label);
}

static int check_images(const struct cell *cell, struct jailhouse_error *err)
{
	if (!cell->loaded)
		return error_set(err, -EINVAL, "nothing was loaded into %s: load an image first",
				 cell->label);
	if (cell->images_lost)
		return error_set(err, -EINVAL, "the images of %s were not copied: they are larger than the %u MiB of the module parameter restart_memory, or Linux had no memory for them",
				 cell->label, restart_memory);
	return 0;
}

int restart_again(struct cell *cell, struct jailhouse_error *err)
{
	int ret;

	ret = check_images(cell, err);
	if (!ret)
		ret = cell_ask(cell, CELLBLOCK_HC_CELL_SHUTDOWN,
			       CELLBLOCK_SHUTDOWN_FAIL, "stopped", err);
	if (!ret)
		ret = cell_ask(cell, JAILHOUSE_HC_CELL_SET_LOADABLE, 0,
			       "made loadable", err);
	if (!ret) {
		remote_cell_stopped(cell);
		ret = fill(cell, err);
	}
	if (!ret)
		ret = cell_run(cell, err);
	if (!ret)
		pr_info("restarted %s\n", cell->label);
	return ret;
}

int restart_cell(struct cell *cell, bool force, struct jailhouse_error *err)
{
	int ret;

	ret = check_images(cell, err);
	if (!ret)
		ret = cell_stop(cell, force, "shut down", err);
	if (ret)
		return ret;
	watch_stopped(cell);
	ret = restart_again(cell, err);
	if (!ret)
		watch_started(cell, false);
	return ret;
}
