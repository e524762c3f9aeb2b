/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_STAGE2_H
#define ARM64_STAGE2_H

#include <core/cell.h>

/* VTCR_EL2 of all cells, after arch_mem_init(). */
u64 stage2_vtcr(void);

/* Drops all translations of @cell on this CPU. */
void stage2_flush_local(void);

#endif /* ARM64_STAGE2_H */
