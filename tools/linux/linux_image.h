/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_LINUX_IMAGE_H
#define TOOLS_LINUX_IMAGE_H

/* Where a kernel, its initial RAM disk and its device tree go in a cell's RAM. */

#include <stddef.h>

#include <jailhouse/cell-config.h>

/* A kernel begins at an offset that it names from a multiple of this. */
#define LINUX_IMAGE_ALIGN	0x200000ULL

struct linux_image {
	u64 text_offset;
	u64 size;		/* in memory, with what is not in the file */
};

/* EXIT_DONE, or EXIT_REFUSED (said) if this is no arm64 kernel Image. */
int linux_image_read(struct linux_image *image, const char *name, const void *file,
		     size_t size);

/* The RAM of a cell with the parts that are taken. */
struct linux_ram {
	u64 start, end;
	size_t count;
	struct {
		u64 start, end;
	} taken[4];
};

/*
 * The lowest free @size bytes at @offset from a multiple of @align, which are
 * taken then. EXIT_DONE, or EXIT_REFUSED (said) with the name of @what.
 */
int linux_ram_place(struct linux_ram *ram, const char *what, u64 size, u64 align, u64 offset,
		    u64 *address);
/* The same for a given address. */
int linux_ram_take(struct linux_ram *ram, const char *what, u64 size, u64 address);

#endif /* TOOLS_LINUX_IMAGE_H */
