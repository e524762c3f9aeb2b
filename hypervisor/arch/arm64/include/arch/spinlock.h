/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include <jailhouse/types.h>

/*
 * Test-and-set locks, held for bounded times only: EL2 takes no interrupt. A
 * waiter sleeps in WFE; the store-release of the unlock wakes it
 * (it clears the monitor that LDAXR set).
 *
 * Lock order: control -> cell.mm_lock -> ivshmem link, cells, cpu.lock -> gicd -> console;
 * control -> cell.fault_lock.
 */
typedef struct {
	volatile u32 held;
} spinlock_t;

static inline bool spin_trylock(spinlock_t *lock)
{
	u32 old, fail;

	asm volatile(
		"1:	ldaxr	%w0, %2\n"
		"	cbnz	%w0, 2f\n"
		"	stxr	%w1, %w3, %2\n"
		"	cbnz	%w1, 1b\n"
		"2:"
		: "=&r" (old), "=&r" (fail), "+Q" (lock->held)
		: "r" (1)
		: "memory");
	return old == 0;
}

/* Not a call, where that counts. */
static inline __attribute__((always_inline)) void spin_lock_inline(spinlock_t *lock)
{
	u32 tmp;

	asm volatile(
		"1:	ldaxr	%w0, %1\n"
		"	cbnz	%w0, 2f\n"
		"	stxr	%w0, %w2, %1\n"
		"	cbz	%w0, 3f\n"
		"	b	1b\n"
		"2:	wfe\n"
		"	b	1b\n"
		"3:\n"
		: "=&r" (tmp), "+Q" (lock->held)
		: "r" (1)
		: "memory");
}

static inline void spin_lock(spinlock_t *lock)
{
	spin_lock_inline(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	asm volatile("stlr wzr, %0" : "=Q" (lock->held) : : "memory");
}

#endif /* ARCH_SPINLOCK_H */
