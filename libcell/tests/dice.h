/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_TESTS_DICE_H
#define LIBCELL_TESTS_DICE_H

#include <jailhouse/types.h>

/* xorshift: the same on every run of a seed. */
static inline u64 random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif /* LIBCELL_TESTS_DICE_H */
