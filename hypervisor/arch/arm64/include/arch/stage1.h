/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_STAGE1_H
#define ARCH_STAGE1_H

/* The hypervisor's own address space (see layout.h). */

#include <arch/layout.h>
#include <arch/sysreg.h>
#include <core/paging.h>

/* Attributes of EL2 stage 1 leaves, Arm ARM D8.3.2. AP[1] is RES1. */
#define S1_ATTR_INDEX(n)	((u64)(n) << 2)
#define S1_AP_RES1		(1ULL << 6)
#define S1_AP_RO		(1ULL << 7)
#define S1_SH_INNER		(3ULL << 8)
#define S1_XN			(1ULL << 54)
#define S1_NORMAL		(S1_ATTR_INDEX(MAIR_NORMAL) | S1_SH_INNER | S1_AP_RES1)

#define S1_RX			(S1_NORMAL | S1_AP_RO)
#define S1_RO			(S1_NORMAL | S1_AP_RO | S1_XN)
#define S1_RW			(S1_NORMAL | S1_XN)
#define S1_DEVICE		(S1_ATTR_INDEX(MAIR_DEVICE) | S1_AP_RES1 | S1_XN)

struct cpu;

/* Takes over the tables of boot_map() and starts the page pool. OP_INIT. */
int stage1_init(void);

/*
 * Gives a CPU its own first-level table, and stack and struct percpu that only
 * it maps. 0 or a refused error.
 */
int stage1_cpu_init(struct cpu *cpu);

/*
 * Maps registers at @pa (any alignment) until disable. NULL (refused): the
 * device range or the page pool is full. Pages of consecutive calls with consecutive
 * page-aligned addresses are contiguous.
 */
volatile void *stage1_map_device(u64 pa, u64 size);
size_t stage1_device_pages_used(void);

/*
 * Maps the page at @pa with @attrs at this CPU's fixmap, until the next call.
 * Returns the address of @pa itself.
 */
void *stage1_fixmap(u64 pa, u64 attrs);

#endif /* ARCH_STAGE1_H */
