/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SPINLOCK_H
#define ARCH_SPINLOCK_H

#include <jailhouse/types.h>

/*
 * One thread plays all CPUs: a lock that is taken twice would be a deadlock,
 * and fails the test; so does the unlock of a free one.
 */
typedef struct {
	volatile u32 held;
} spinlock_t;

bool spin_trylock(spinlock_t *lock);
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

/* Locks that are held now. */
extern unsigned int fake_locks_held;

#endif /* ARCH_SPINLOCK_H */
