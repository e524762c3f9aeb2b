/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_SPINLOCK_H
#define INMATE_SPINLOCK_H

#include <jailhouse/types.h>

#include <inmate/cpu.h>

/* Interrupts must be masked while a lock is held that handlers take too. */
struct spinlock {
	bool locked;
};

static inline void spin_lock(struct spinlock *lock)
{
	while (__atomic_test_and_set(&lock->locked, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_clear(&lock->locked, __ATOMIC_RELEASE);
}

/* For counters and flags shared between CPUs. */
#define atomic_read(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define atomic_set(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define atomic_add(p, v)	__atomic_add_fetch(p, v, __ATOMIC_ACQ_REL)

#endif /* INMATE_SPINLOCK_H */
