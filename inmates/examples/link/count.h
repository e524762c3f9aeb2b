/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef COUNT_H
#define COUNT_H

/* What the cell sends to Linux. */

#include <libcell/device.h>
#include <libcell/ring.h>

#define CHANNEL		1
#define PLACES		8

struct count {
	u32 number;
	u32 unused;
	u64 ticks;		/* of the cell's system counter */
};

LIBCELL_RING(counts, struct count, 0x636e7401)

#endif /* COUNT_H */
