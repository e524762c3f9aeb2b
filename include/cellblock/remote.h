/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_REMOTE_H
#define CELLBLOCK_REMOTE_H

/*
 * The page by which the hypervisor and a device program in root speak of a cell's
 * windows (JAILHOUSE_MEM_REMOTE): Documentation/remote-io.md. Zeros at first.
 */

#include <jailhouse/types.h>

#define CELLBLOCK_REMOTE_SLOTS		64
#define CELLBLOCK_REMOTE_NOTIFICATIONS	64
#define CELLBLOCK_REMOTE_TIME		(~7ULL)

/*
 * An access of CPU n of Linux, if the cell has that one: slot[n]. An 8-byte read at
 * CELLBLOCK_REMOTE_TIME, where no guest has anything, asks for the time of root: the value
 * is CLOCK_REALTIME in ns, `counter` what CNTVCT_EL0 was then. All ones: none.
 */
struct cellblock_remote_slot {
	__u64 address;		/* guest-physical */
	__u64 value;		/* written, or what is read: upper bits 0 */
	/*
	 * Odd: the CPU waits. The answer is the value, and then, by a store-release, this
	 * number + 1.
	 */
	__u32 state;
	__u8 size;		/* bytes: 1, 2, 4, 8 */
	__u8 is_write;
	__u8 padding[2];
	__u64 counter;
};

struct cellblock_remote_page {
	/* 1: register n of the range was written; the program makes it 0, and then looks */
	__u8 notified[CELLBLOCK_REMOTE_NOTIFICATIONS];
	/*
	 * The program's; not 0: it polls and needs no interrupt. After it has made it 0 and
	 * executed a full barrier, it looks once more.
	 */
	__u32 quiet;
	/* the hypervisor's; 0: accesses are not waited for, until the program attaches */
	__u32 attached;
	/*
	 * The driver's; another number whenever the cell has stopped and is to be loaded or
	 * started anew: devices are to be as after power-on. See CELLBLOCK_REMOTE_RESET.
	 */
	__u32 reset;
	/* the program's; not 0: it says the time, and the guest finds KVM's call for it */
	__u32 clock;
	__u8 padding[48];
	struct cellblock_remote_slot slot[CELLBLOCK_REMOTE_SLOTS];
};

_Static_assert(sizeof(struct cellblock_remote_slot) == 32, "");
_Static_assert(offsetof(struct cellblock_remote_page, slot) == 128, "");
_Static_assert(sizeof(struct cellblock_remote_page) <= 4096, "");

/* how long a CPU waits for its answer */
#define CELLBLOCK_REMOTE_MIN_MS		1
#define CELLBLOCK_REMOTE_MAX_MS		10000

#endif /* CELLBLOCK_REMOTE_H */
