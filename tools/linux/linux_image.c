/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <string.h>

#include "linux/linux_image.h"
#include "message.h"

/* Linux, Documentation/arm64/booting.rst */
struct header {
	__u32 code[2];
	__u64 text_offset;
	__u64 image_size;
	__u64 flags;
	__u64 reserved[3];
	char magic[4];
	__u32 pe_offset;
};

int linux_image_read(struct linux_image *image, const char *name, const void *file,
		     size_t size)
{
	struct header header = { .magic = "" };
	const char *start = (const char *)&header;

	memcpy(&header, file, size < sizeof(header) ? size : sizeof(header));
	if (!memcmp(start + 4, "zimg", 4))
		return refused("the kernel '%s' is an EFI program with a kernel in it that "
			       "gzip has not compressed: the Image of the same build is "
			       "needed", name);
	if (memcmp(header.magic, "ARM\x64", sizeof(header.magic)))
		return refused("'%s' is not a kernel Image for arm64", name);
	image->text_offset = header.text_offset;
	/* 0: it does not tell (before Linux 3.17) */
	image->size = header.image_size > size ? header.image_size : size;
	return EXIT_DONE;
}

static size_t find_overlap(const struct linux_ram *ram, u64 start, u64 end)
{
	size_t i;

	for (i = 0; i < ram->count; i++)
		if (start < ram->taken[i].end && ram->taken[i].start < end)
			break;
	return i;
}

static void take(struct linux_ram *ram, u64 start, u64 size)
{
	ram->taken[ram->count].start = start;
	ram->taken[ram->count++].end = start + size;
}

int linux_ram_take(struct linux_ram *ram, const char *what, u64 size, u64 address)
{
	if (address < ram->start || address >= ram->end || size > ram->end - address)
		return refused("the %s (0x%llx bytes at 0x%llx) is not in the cell's RAM "
			       "(0x%llx-0x%llx)", what, size, address, ram->start,
			       ram->end - 1);
	if (find_overlap(ram, address, address + size) < ram->count)
		return refused("the %s (0x%llx bytes at 0x%llx) would overwrite the code that "
			       "starts it", what, size, address);
	take(ram, address, size);
	return EXIT_DONE;
}

int linux_ram_place(struct linux_ram *ram, const char *what, u64 size, u64 align, u64 offset,
		    u64 *address)
{
	u64 at = ram->start;
	size_t other;

	for (;;) {
		at += (offset - at) & (align - 1);
		if (at < ram->start || at >= ram->end || size > ram->end - at)
			return refused("the %s (0x%llx bytes) does not fit in the cell's RAM "
				       "(0x%llx-0x%llx)", what, size, ram->start,
				       ram->end - 1);
		other = find_overlap(ram, at, at + size);
		if (other == ram->count)
			break;
		at = ram->taken[other].end;
	}
	take(ram, at, size);
	*address = at;
	return EXIT_DONE;
}
