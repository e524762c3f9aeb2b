/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_SPINLOCK_H
#define INMATE_SPINLOCK_H

#include <jailhouse/types.h>

#include <inmate/cpu.h>

/**
 * @file
 * Locks and atomic accesses between CPUs, in memory mapped as MAP_CACHED.
 */

/**
 * Free when it is zero. Interrupts must be masked while a lock is held that
 * handlers take too.
 */
struct spinlock {
	bool locked;	/**< @private */
};

/**
 * Waits until the lock is free, and takes it. Not fair.
 *
 * @param lock	not held by the calling CPU
 */
static inline void spin_lock(struct spinlock *lock)
{
	while (__atomic_test_and_set(&lock->locked, __ATOMIC_ACQUIRE))
		cpu_relax();
}

/**
 * Whoever takes the lock next sees what was written while it was held.
 *
 * @param lock	held by the calling CPU
 */
static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_clear(&lock->locked, __ATOMIC_RELEASE);
}

/**
 * For counters and flags shared between CPUs: acquires.
 *
 * @param p	aligned, of up to 8 bytes
 * @return the value
 */
#define atomic_read(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
/**
 * Releases: who reads the value sees what was written before.
 *
 * @param p	aligned, of up to 8 bytes
 * @param v	value
 */
#define atomic_set(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
/**
 * Acquires and releases.
 *
 * @param p	aligned, of up to 8 bytes
 * @param v	what is added
 * @return the sum
 */
#define atomic_add(p, v)	__atomic_add_fetch(p, v, __ATOMIC_ACQ_REL)

#endif /* INMATE_SPINLOCK_H */
