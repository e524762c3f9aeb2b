/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_HALT_H
#define CORE_HALT_H

#include <arch/spinlock.h>

/*
 * The end of a CPU by a bug of the hypervisor. Its cell has failed; the others go
 * on: they can stop that cell and report it.
 */

/*
 * This CPU unlocks what it holds, so that it can print, and is VCPU_HALTED: all
 * but arch_halt(). Nothing if it was before.
 */
void halt_begin(void);

/* Unlocks a lock if it is this CPU's; waits for others that hold it. */
void halt_unlock(spinlock_t *lock);

#endif /* CORE_HALT_H */
