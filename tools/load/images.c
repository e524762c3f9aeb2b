/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell_id.h"
#include "device.h"
#include "io.h"
#include "load/executable.h"
#include "load/images.h"
#include "message.h"
#include "sysfs.h"

/* b ADDRESS; or movz x16, 3 times movk x16, br x16 */
#define TRAMPOLINE_WORDS	5
#define B		0x14000000U
#define B_RANGE		(1LL << 27)
#define MOVZ_X16	0xd2800010U
#define MOVK_X16	0xf2800010U
#define BR_X16		0xd61f0200U

struct plan {
	struct jailhouse_cell_load *load;
	/* of the one executable: what is in memory but not in its file */
	void *copy[EXECUTABLE_MAX_SEGMENTS];
	size_t copies;

	const char *elf_name;	/* NULL: no executable yet */
	u64 entry;
	u32 trampoline[TRAMPOLINE_WORDS];

	/* of the cell, read for an executable only */
	u64 reset_address;
	char regions[4096];	/* "0x0-0xfff 0x2000-0x2fff" */
};

static void add(struct plan *plan, const void *data, u64 size, u64 address)
{
	struct jailhouse_preload_image *image = plan->load->image;

	image += plan->load->num_preload_images++;
	image->source_address = (__u64)(uintptr_t)data;
	image->size = size;
	image->target_address = address;
}

static int read_cell(struct plan *plan, const struct jailhouse_cell_id *id)
{
	struct sysfs_cell cell;
	char path[64];
	int ret;

	ret = cell_id_find(id, &cell);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "cells/%u/loadable_regions", cell.id);
	ret = sysfs_read_line(plan->regions, sizeof(plan->regions), path);
	if (!ret) {
		snprintf(path, sizeof(path), "cells/%u/reset_address", cell.id);
		ret = sysfs_read_number(&plan->reset_address, path);
	}
	return ret ? refused("cannot read %s/%s: %s", io_sysfs_root(), path,
			     strerror(-ret)) : EXIT_DONE;
}

/* The region that @address is in, as first and last byte. */
static bool find_region(const struct plan *plan, u64 address, u64 *first, u64 *last)
{
	const char *at = plan->regions;
	char *end;

	while (*at) {
		*first = strtoull(at, &end, 16);
		*last = strtoull(end + (*end == '-'), &end, 16);
		if (end == at)
			break;
		if (address >= *first && address <= *last)
			return true;
		at = end;
	}
	return false;
}

static int check_segment(const struct plan *plan, const struct segment *segment)
{
	u64 first, last;

	if (!find_region(plan, segment->start, &first, &last))
		return refused("'%s': segment %u (0x%llx-0x%llx) is outside of the "
			       "cell's loadable memory (%s)", plan->elf_name,
			       segment->number, segment->start, segment->end - 1,
			       *plan->regions ? plan->regions : "none");
	if (segment->end - 1 > last)
		return refused("'%s': segment %u (0x%llx-0x%llx) runs beyond the "
			       "loadable region 0x%llx-0x%llx", plan->elf_name,
			       segment->number, segment->start, segment->end - 1,
			       first, last);
	return EXIT_DONE;
}

static int add_segment(struct plan *plan, const struct segment *segment)
{
	u64 size = segment->end - segment->start;
	void *copy;
	int ret;

	ret = check_segment(plan, segment);
	if (ret)
		return ret;
	if (size == segment->data_size) {
		add(plan, segment->data, size, segment->start);
		return EXIT_DONE;
	}
	/* the driver knows no image that is longer than its bytes */
	copy = calloc(1, size);
	if (!copy)
		return refused("out of memory for segment %u of '%s', 0x%llx bytes",
			       segment->number, plan->elf_name, size);
	memcpy(copy, segment->data, segment->data_size);
	plan->copy[plan->copies++] = copy;
	add(plan, copy, size, segment->start);
	return EXIT_DONE;
}

static int add_elf(struct plan *plan, const struct jailhouse_cell_id *cell,
		   const struct image *image)
{
	struct executable elf;
	size_t i;
	int ret;

	if (plan->elf_name)
		return refused("'%s' and '%s' are both executables, and the cell "
			       "starts only one: turn the other into an image by "
			       "objcopy -O binary, and give its address",
			       plan->elf_name, image->file);
	plan->elf_name = image->file;
	ret = executable_read(&elf, image->file, image->data, image->size);
	if (!ret)
		ret = read_cell(plan, cell);
	for (i = 0; i < elf.count && !ret; i++)
		ret = add_segment(plan, &elf.segment[i]);
	plan->entry = elf.entry;
	return ret;
}

/* Instructions at the cell's first address that go to the entry point; their size. */
static u64 make_trampoline(struct plan *plan)
{
	s64 distance = (s64)(plan->entry - plan->reset_address);
	unsigned int i;

	if (distance >= -B_RANGE && distance < B_RANGE) {
		/* leaves all registers zero, as the cell is started */
		plan->trampoline[0] = B | ((u32)((u64)distance >> 2) & 0x3ffffff);
		return sizeof(u32);
	}
	for (i = 0; i < 4; i++)
		plan->trampoline[i] = (i ? MOVK_X16 : MOVZ_X16) | i << 21 |
				(u32)(plan->entry >> 16 * i & 0xffff) << 5;
	plan->trampoline[4] = BR_X16;
	return sizeof(plan->trampoline);
}

static bool is_occupied(const struct plan *plan, u64 start, u64 size)
{
	const struct jailhouse_preload_image *image = plan->load->image;
	__u32 i;

	for (i = 0; i < plan->load->num_preload_images; i++, image++)
		if (start < image->target_address ?
		    image->target_address - start < size :
		    start - image->target_address < image->size)
			return true;
	return false;
}

/* The cell starts at a fixed address: from there to the entry point. */
static int add_entry(struct plan *plan)
{
	u64 at = plan->reset_address, first, last, size;

	if (!plan->elf_name || plan->entry == at)
		return EXIT_DONE;
	size = make_trampoline(plan);
	if (at % 4 || !find_region(plan, at, &first, &last) ||
	    last - at < size - 1 || is_occupied(plan, at, size))
		return refused("'%s' begins at 0x%llx, but the cell starts at 0x%llx, "
			       "where there is no place for a branch: link its entry "
			       "point there, or set cpu_reset_address in the cell's "
			       "configuration", plan->elf_name, plan->entry, at);
	add(plan, plan->trampoline, size, at);
	return EXIT_DONE;
}

static int make_plan(struct plan *plan, const struct image_list *list)
{
	const struct image *image;
	bool is_elf;
	int ret;

	plan->load->cell_id = list->cell;
	for (image = list->image; image < list->image + list->count; image++) {
		is_elf = image->file && executable_is_elf(image->data, image->size);
		if (is_elf && !image->has_address) {
			ret = add_elf(plan, &list->cell, image);
			if (ret)
				return ret;
			continue;
		}
		if (is_elf)
			notice("'%s' is an ELF file, loaded as it is because it "
			       "has an address", image->file);
		add(plan, image->data, image->size, image->address);
	}
	return add_entry(plan);
}

int images_load(const struct image_list *list)
{
	struct plan plan = { .elf_name = NULL };
	size_t most;
	int ret;

	/* the executable's segments, and the branch */
	most = list->count + EXECUTABLE_MAX_SEGMENTS + 1;
	plan.load = calloc(1, sizeof(*plan.load) +
			      most * sizeof(plan.load->image[0]));
	if (!plan.load)
		return refused("out of memory");
	ret = make_plan(&plan, list);
	if (!ret)
		ret = device_request(JAILHOUSE_CELL_LOAD, plan.load);
	while (plan.copies)
		free(plan.copy[--plan.copies]);
	free(plan.load);
	return ret;
}

/* What loading ends is said once it has. */
int images_load_anew(const struct image_list *list)
{
	struct sysfs_cell cell;
	bool is_there;
	int ret;

	ret = cell_id_look(&list->cell, &cell, &is_there);
	if (!ret)
		ret = images_load(list);
	if (!ret && is_there && sysfs_cell_runs(&cell))
		notice("cell \"%s\" was running: it is shut down, to be started again",
		       cell.name);
	return ret;
}
