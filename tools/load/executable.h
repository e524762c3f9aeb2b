/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_EXECUTABLE_H
#define TOOLS_EXECUTABLE_H

/* Executables for cells: AArch64, little-endian, linked to fixed addresses. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>

#define EXECUTABLE_MAX_SEGMENTS	48

/* A PT_LOAD segment that needs memory, at the addresses that the cell sees. */
struct segment {
	unsigned int number;	/* in the file's program headers, from 0 */
	u64 start, end;		/* end: the first address after it */
	const void *data;	/* inside the file */
	size_t data_size;	/* the rest is zero */
};

struct executable {
	u64 entry;		/* physical */
	size_t count;
	struct segment segment[EXECUTABLE_MAX_SEGMENTS];
};

/* Do the bytes begin as an ELF file does? */
bool executable_is_elf(const void *file, size_t size);
/*
 * EXIT_DONE, or EXIT_REFUSED (said) for what cannot be loaded. @name is for
 * messages; what is found points into @file.
 */
int executable_read(struct executable *elf, const char *name, const void *file, size_t size);

#endif /* TOOLS_EXECUTABLE_H */
