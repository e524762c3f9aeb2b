/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_SHARING_H
#define CELLBLOCK_SHARING_H

#include <jailhouse/types.h>

/*
 * CPUs that a cell shares with root, of a configuration with
 * JAILHOUSE_CELL_SHARES_CPUS: after its last array. The CPUs in its CPU set are its
 * own, as ever; that may be empty then. At the least one of both names a CPU.
 *
 * CELLBLOCK_SHARE_PRIORITY: the cell comes before root whenever it does not sleep, for
 * @budget of each @period at most. Of several such cells on a CPU, the one that was
 * created first comes first.
 *
 * CELLBLOCK_SHARE_CYCLIC: the cell comes first in its slots of a frame of @period; root
 * and cells by priority have the time that is left, and what it leaves by sleeping. All
 * frames of one CPU have the same @period, and no slots in common. @budget is not used.
 *
 * A cell that wakes up while root has interrupts masked lets root go on for @defer at
 * most, until it has them unmasked: root may hold a lock. 0: the cell comes first.
 *
 * All cells of a CPU together leave root 1 % of its time at the least.
 */
#define CELLBLOCK_SHARE_PRIORITY	0
#define CELLBLOCK_SHARE_CYCLIC		1

#define CELLBLOCK_SHARE_SLOTS		16

/* Times are in microseconds. */
struct cellblock_share_slot {
	__u32 start;		/* from the begin of the frame */
	__u32 length;		/* at least CELLBLOCK_SHARE_MIN_SLOT */
} __packed;

struct cellblock_sharing {
	__u64 cpus;		/* bit n: Linux logical CPU n */
	__u32 policy;		/* CELLBLOCK_SHARE_* */
	__u32 budget;		/* 1 to @period */
	__u32 period;		/* CELLBLOCK_SHARE_MIN_PERIOD to CELLBLOCK_SHARE_MAX_PERIOD */
	__u32 num_slots;	/* at least 1 if cyclic, otherwise 0 */
	__u32 defer;		/* up to CELLBLOCK_SHARE_MAX_DEFER */
	__u32 reserved;		/* 0 */
	/* in their order, without overlap, the last ends within the frame */
	struct cellblock_share_slot slots[CELLBLOCK_SHARE_SLOTS];
} __packed;

_Static_assert(sizeof(struct cellblock_sharing) == 160, "sharing");

#define CELLBLOCK_SHARE_MIN_SLOT	20
#define CELLBLOCK_SHARE_MIN_PERIOD	100
#define CELLBLOCK_SHARE_MAX_PERIOD	10000000
#define CELLBLOCK_SHARE_MAX_DEFER	1000
/* what the command gives: at most 95 % of 100 ms */
#define CELLBLOCK_SHARE_BUDGET		95000
#define CELLBLOCK_SHARE_PERIOD		100000

#endif /* CELLBLOCK_SHARING_H */
