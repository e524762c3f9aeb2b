/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_SUBPAGE_H
#define CORE_SUBPAGE_H

#include <core/cell_mem.h>

/*
 * Regions that are not made of whole pages. The functions go with those of the
 * same name in cell_mem.h, which calls them; prepare leaves nothing when
 * it fails.
 */

/* Serves @mem to the guests of @cell. As mmio_register(). */
int subpage_register(struct cell *cell, const struct jailhouse_memory *mem);

/* An access to the region @mem, whose bytes it is in, if the region's flags allow it. */
enum mmio_result subpage_access(void *mem, struct mmio_access *access);

int subpage_prepare(struct cell *cell);
void subpage_release(struct cell *cell);
void subpage_take_from_root(struct cell *cell);
void subpage_return_to_root(struct cell *cell);

#endif /* CORE_SUBPAGE_H */
