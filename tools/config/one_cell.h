/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_ONE_CELL_H
#define TOOLS_ONE_CELL_H

#include <stdbool.h>

#include <jailhouse/types.h>

/* A cell that is described by the words of a command line. */
struct one_cell {
	const char *name;
	const char *cpus;	/* a list such as 2-3 */
	u64 ram;		/* bytes, at 0 in the cell */
	bool console;		/* the machine's UART, which it shares with Linux */
	const char *load;	/* an image, or NULL */
	bool start;
};

/*
 * Creates it with RAM where Linux gives it, loads and starts it; if that fails it
 * is destroyed. Returns an exit code; the cell's id goes to *id.
 */
int one_cell_create(const struct one_cell *cell, int *id);

#endif /* TOOLS_ONE_CELL_H */
