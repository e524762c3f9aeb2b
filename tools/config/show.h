/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SHOW_H
#define TOOLS_SHOW_H

#include <stdio.h>

#include <jailhouse/cell-config.h>

#define SHOW_MAX	65

/* A configuration that is whole. */
struct shown {
	const char *file;
	void *data;			/* to be freed */
	size_t size;
	const struct jailhouse_system *system;	/* NULL: a cell's */
	const struct jailhouse_cell_desc *cell;	/* the system's root cell */
};

/* What it says, line by line. */
void show_config(FILE *out, const struct shown *shown);

/* Physical addresses, and which of the configurations has what of them. */
void show_map(FILE *out, const struct shown *shown, unsigned int count);
void show_map_svg(FILE *out, const struct shown *shown, unsigned int count);

/*
 * READ, WRITE, EXECUTE, DMA, IO, LOADABLE, ROOTSHARED as letters, - for none; then c for
 * COMM_REGION, v for a window (REMOTE).
 */
#define SHOW_FLAGS	9
const char *show_flags(char text[SHOW_FLAGS], u64 flags);
/* With the largest unit that makes it a whole number. */
#define SHOW_SIZE	32
const char *show_size(char text[SHOW_SIZE], u64 size);

#endif /* TOOLS_SHOW_H */
