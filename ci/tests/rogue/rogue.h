/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_ROGUE_H
#define TESTS_ROGUE_H

/* /dev/rogue: what somebody can do who has root's kernel. */

#include <linux/ioctl.h>
#include <linux/types.h>

enum rogue_conduit {
	ROGUE_SMC, ROGUE_HVC, ROGUE_HYPERCALL, ROGUE_SGI, ROGUE_ASGI1, ROGUE_SGI0, ROGUE_PMR
};

/*
 * On CPU `cpu`, with x0..x7 of `x`, where x0..x3 are when it returns. ROGUE_SGI
 * writes x0 to ICC_SGI1R_EL1, ROGUE_ASGI1 to ICC_ASGI1R_EL1 and ROGUE_SGI0 to
 * ICC_SGI0R_EL1. ROGUE_PMR writes x0 to ICC_PMR_EL1, x0 is what is read back then,
 * and the register is as it was.
 */
struct rogue_call {
	__u32 cpu;
	__u32 conduit;
	__u64 x[8];
};

/*
 * Physical addresses: of code that a CPU can be started at, with the MMU off and
 * the address of a word in x0; it writes 1 + its exception level into the word
 * and switches its CPU off. And of such a word.
 */
struct rogue_stub {
	__u64 entry;
	__u64 word;
};

/* An access of `size` bytes (1, 2, 4, 8) to a device register, on CPU `cpu`. */
struct rogue_access {
	__u32 cpu;
	__u16 size;
	__u16 is_write;
	__u64 address;
	__u64 value;
};

#define ROGUE_CALL	_IOWR('R', 0, struct rogue_call)
#define ROGUE_STUB	_IOR('R', 1, struct rogue_stub)
#define ROGUE_WORD	_IOR('R', 2, __u64)	/* of the stub; 0 again */
#define ROGUE_ACCESS	_IOWR('R', 3, struct rogue_access)

/*
 * Memory of the kernel's, ROGUE_BUFFER_SIZE contiguous bytes: its physical
 * address. mmap() maps that of any physical address, as its offset, for who has
 * the device open: the buffer as memory, all else as a device.
 */
#define ROGUE_BUFFER	_IOR('R', 4, __u64)
#define ROGUE_BUFFER_SIZE 0x4000

/*
 * What a driver has for its device, out of CMA: ROGUE_DMA_SIZE bytes are allocated
 * if the number is not 0, which becomes their physical address; else freed.
 */
#define ROGUE_DMA	_IOWR('R', 5, __u64)
#define ROGUE_DMA_SIZE	0x100000

#endif /* TESTS_ROGUE_H */
