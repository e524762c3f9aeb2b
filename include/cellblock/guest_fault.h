/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_GUEST_FAULT_H
#define CELLBLOCK_GUEST_FAULT_H

/*
 * What a guest says of its own failure, in its communication region, before it
 * writes the state "failed" there. It is zero when a cell starts.
 */

#include <jailhouse/types.h>

#define CELLBLOCK_GUEST_FAULT_OFFSET	0x180

struct cellblock_guest_fault {
	__u32 valid;		/* not 0: the rest is written */
	__u32 cpu;		/* as the guest counts them */
	__u64 pc;
	__u64 lr;
	__u64 sp;
	__u64 address;		/* that was accessed; ~0: of no access */
	/* printable ASCII, and a NUL if it is shorter */
	char what[32];
	char thread[24];	/* empty: the guest has none */
};

_Static_assert(sizeof(struct cellblock_guest_fault) == 96, "");

#endif /* CELLBLOCK_GUEST_FAULT_H */
