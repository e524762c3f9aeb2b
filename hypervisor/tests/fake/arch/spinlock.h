/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include <jailhouse/types.h>

/*
 * One CPU runs at a time, and others only while it spins. The unlock of a free
 * lock fails the test; a deadlock ends at fake/cpu.c's limit of spins.
 */
typedef struct {
	volatile u32 held;
} spinlock_t;

bool spin_trylock(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

static inline void spin_lock_inline(spinlock_t *lock)
{
	spin_lock(lock);
}

/* Locks that are held now, by anyone, and by this CPU. */
unsigned int fake_locks_held(void);
unsigned int fake_locks_mine(void);

#endif /* ARCH_SPINLOCK_H */
