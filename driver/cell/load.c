// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/io.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <cellblock/config.h>
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

#define MAX_IMAGES	64

/* The loadable region that all of the image fits in; NULL: there is none. */
static const struct jailhouse_memory *
find_region(const struct cell *cell, u64 target, u64 size)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, cell->config)
		if (mem->flags & JAILHOUSE_MEM_LOADABLE &&
		    config_mem_holds(mem, target, size))
			return mem;
	return NULL;
}

static int check_images(const struct cell *cell,
			const struct jailhouse_preload_image *image, u32 count,
			struct jailhouse_error *err)
{
	for (; count; count--, image++) {
		if (!find_region(cell, image->target_address, image->size))
			return error_set(err, -EINVAL, "an image of %#llx bytes at %#llx does not fit in a loadable memory region of %s",
					 image->size, image->target_address,
					 cell->label);
		if (!access_ok(u64_to_user_ptr(image->source_address),
			       image->size))
			return error_set(err, -EFAULT, "the image for %#llx is not readable",
					 image->target_address);
	}
	return 0;
}

u64 load_place(const struct cell *cell, u64 target, u64 size)
{
	const struct jailhouse_memory *mem = find_region(cell, target, size);

	return mem ? mem->phys_start + (target - mem->virt_start) : 0;
}

/* @copy: where a copy of it goes, or NULL */
static int copy_piece(u64 to, const void __user *from, size_t size, char *copy)
{
	void *map = memremap(to, size, MEMREMAP_WB);
	bool bad;

	if (!map)
		return -ENOMEM;
	bad = copy_from_user(map, from, size);
	if (copy)
		memcpy(copy, map, size);
	/* the cell starts with its caches off */
	content_flush(map, size);
	memunmap(map);
	return bad ? -EFAULT : 0;
}

static int copy_image(struct cell *cell,
		      const struct jailhouse_preload_image *image,
		      struct jailhouse_error *err)
{
	u64 to = load_place(cell, image->target_address, image->size);
	char *copy = restart_copy(cell, image->target_address, image->size);
	u64 done, size;
	int ret;

	for (done = 0; done < image->size; done += size) {
		size = min_t(u64, image->size - done, SZ_1M);
		ret = copy_piece(to + done,
				 u64_to_user_ptr(image->source_address + done),
				 size, copy ? copy + done : NULL);
		if (!ret && signal_pending(current))
			ret = -EINTR;
		if (!ret)
			continue;
		if (copy)
			restart_drop_last(cell);
		return error_set(err, ret, "%s was not loaded: %s", cell->label,
				 ret == -EINTR ? "interrupted by a signal" :
				 ret == -EFAULT ? "its image is not readable" :
				 "its memory cannot be mapped");
	}
	return 0;
}

static int make_loadable(struct cell *cell, bool force,
			 struct jailhouse_error *err)
{
	int ret;

	ret = cell_stop(cell, force, "shut down", err);
	if (!ret)
		ret = cell_ask(cell, JAILHOUSE_HC_CELL_SET_LOADABLE, 0,
			       "made loadable", err);
	if (ret)
		return ret;
	watch_stopped(cell);
	remote_cell_stopped(cell);
	return 0;
}

static int load_images(struct cell *cell, bool force,
		       const struct jailhouse_preload_image *images, u32 count,
		       struct jailhouse_error *err)
{
	int ret;
	u32 i;

	ret = check_images(cell, images, count, err);
	if (!ret)
		ret = make_loadable(cell, force, err);
	if (ret || !count)
		return ret;
	cell->loaded = false;
	for (i = 0; i < count && !ret; i++)
		if (images[i].size)
			ret = copy_image(cell, &images[i], err);
	cell->loaded = !ret;
	return ret;
}

int load_cell(const struct jailhouse_cell_load __user *arg,
	      struct jailhouse_error *err)
{
	struct jailhouse_preload_image *images = NULL;
	struct jailhouse_cell_load load;
	struct cell *cell;
	int ret;

	if (copy_from_user(&load, arg, sizeof(load)))
		return error_set(err, -EFAULT, "the request is not readable");
	cell = cells_find(&load.cell_id, &ret, err);
	if (!cell)
		return ret;
	if (load.num_preload_images > MAX_IMAGES)
		return error_set(err, -E2BIG, "%u images at once, at most %d are possible",
				 load.num_preload_images, MAX_IMAGES);
	if (load.num_preload_images) {
		images = memdup_user(arg->image, load.num_preload_images *
				     sizeof(*images));
		if (IS_ERR(images))
			return error_set(err, PTR_ERR(images), "the list of images is not readable");
	}
	ret = load_images(cell, load.cell_id.padding & JAILHOUSE_CELL_FORCE,
			  images, load.num_preload_images, err);
	kfree(images);
	return ret;
}
