/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_PERMISSIVE_H
#define CORE_PERMISSIVE_H

#include <core/cell.h>

/*
 * Regions with JAILHOUSE_MEM_LOGGED, which a permissive cell has of what it does
 * not own: each access is logged, and made if the region permits it; if it does
 * not, a read is zero and a write is lost.
 */

/* Serves @mem to the guests of @cell. As mmio_register(). */
int permissive_register(struct cell *cell, const struct jailhouse_memory *mem);

#endif /* CORE_PERMISSIVE_H */
