// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/cell.h>
#include <cpu/percpu_private.h>

#include "smccc.h"

/* True random numbers (Arm DEN 0098) for cells: what root has given, each word once. */

#define TRNG_VERSION_1_0	0x10000
#define TRNG_INVALID		(-2LL)
#define TRNG_NO_ENTROPY		(-3LL)
/* of this source of them: b6d0c34e-516a-0e4b-379f-c5a80e940000 */
#define TRNG_UUID		0x4ec3d0b6U, 0x4b0e6a51U, 0xa8c59f37U, 0x0000940eU

/* The lowest bits are in x3; those that were not asked for are 0. */
static s64 fill(u64 *x, u64 bits, unsigned int width)
{
	unsigned int count = 1;

	x[1] = x[2] = x[3] = 0;
	if (bits - 1 >= 3 * width)
		return TRNG_INVALID;
	for (; bits > width; bits -= width)
		count++;
	if (!cell_take_entropy(this_percpu()->vcpu->cell, &x[4 - count], count))
		return TRNG_NO_ENTROPY;
	for (unsigned int n = 4 - count; n < 4; n++) {
		x[n] &= ~0ULL >> (64 - bits);
		bits = width;
	}
	return 0;
}

u64 trng_call(u32 fid, u64 arg1)
{
	static const u32 uuid[] = { TRNG_UUID };
	u64 *x = this_percpu()->regs.x;

	switch (fid) {
	case SMCCC_TRNG_VERSION:
		return TRNG_VERSION_1_0;
	case SMCCC_TRNG_FEATURES:
		return (u32)arg1 - SMCCC_TRNG_FIRST <= SMCCC_TRNG_LAST - SMCCC_TRNG_FIRST ||
		       (u32)arg1 == SMCCC_TRNG_RND_64 ? 0 : (u64)SMCCC_NOT_SUPPORTED;
	case SMCCC_TRNG_GET_UUID:
		for (unsigned int n = 1; n < 4; n++)
			x[n] = uuid[n];
		return uuid[0];
	case SMCCC_TRNG_RND:
		return (u64)fill(x, (u32)arg1, 32);
	case SMCCC_TRNG_RND_64:
		return (u64)fill(x, arg1, 64);
	default:
		return (u64)SMCCC_NOT_SUPPORTED;
	}
}
