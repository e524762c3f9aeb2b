/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_CELL_HELPERS_H
#define TESTS_CELL_HELPERS_H

/* Cells on the fake machine: CPU 0 is the one that manages. */

#include <core/cell.h>

#include "config_samples.h"

/*
 * Configurations of two cells that can exist at once: sample_cell (CPUs 2 and
 * 3, id 1) and another (CPU 1, id 2, named "other"), with memory beside it.
 */
struct sample_cell make_first(void);
struct sample_cell make_second(void);

/* The hypercalls, made by CPU 0. */
s64 create(const struct sample_cell *config);
s64 start(u64 id);
s64 set_loadable(u64 id);
s64 destroy(u64 id);
s64 shutdown_cell(u64 id, u64 op);
s64 get_state(u64 id);

/* A booted machine whose CPUs 1, 2 and 3 root has switched off. */
void boot_for_cells(void);
/* The second half of it, from OP_ENTER on. */
void enter_for_cells(void);
/* Creates the first cell and starts it. */
struct cell *create_and_start(void);
struct cell *cell_by_id(u64 id);

/* Everything of root's that a cell can change. */
struct snapshot {
	size_t pool_used;
	unsigned int cells, units;
	u64 cpus;
	unsigned int states[4];
	pte_t ptes[64];
	u64 blocks[64];
};
struct snapshot take_snapshot(void);
/* Fails the test if anything is different now. */
void check_snapshot(const struct snapshot *before);

/*
 * Both cells come and go, one after the other and together. What each request has done is
 * held against the definition (core/spec.c).
 */
void come_and_go(void);

/*
 * Creates @config with no page, one, and so on until they are enough: refused
 * before, with nothing changed, and good as soon as there is memory again.
 * @prepare boots and sets @config. Returns how many it takes.
 */
long create_with_ever_more_pages(const struct sample_cell *config,
				 void (*prepare)(void));

/* Has root (the cell) [addr, addr + size) mapped to @pa, all of it or none? */
void check_mapped(const struct cell *cell, u64 addr, u64 pa, u64 size);
void check_unmapped(const struct cell *cell, u64 addr, u64 size);

/* Root's next request finds a difference from the definition (core/spec.h), and says so. */
void check_differs(const char *sentence);

#endif /* TESTS_CELL_HELPERS_H */
