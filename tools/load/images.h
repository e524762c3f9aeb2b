/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_IMAGES_H
#define TOOLS_IMAGES_H

/* From what shall be loaded to the request that the driver understands. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>
#include <uapi/jailhouse.h>

/* A file or a string for a cell. */
struct image {
	const char *file;	/* its name; NULL: a string */
	void *data;
	size_t size;
	bool has_address;
	u64 address;		/* as the cell sees its memory */
};

struct image_list {
	struct jailhouse_cell_id cell;
	size_t count;
	struct image *image;
};

/*
 * Loads all into the cell, in their order. An ELF executable without an address
 * goes where its segments say, and the cell starts at its entry point. Returns
 * an exit code.
 */
int images_load(const struct image_list *list);
/* The same for a cell that may be running, and then is shut down: it is said. */
int images_load_anew(const struct image_list *list);

#endif /* TOOLS_IMAGES_H */
