// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <arch/cpu.h>
#include <arch/spinlock.h>

#include "../tap.h"
#include "cpu.h"

#define MAX_SPINS	10000000

u64 fake_time;
void (*fake_cpu_relax)(void);
unsigned int fake_locks_held;

u64 arch_counter(void)
{
	return fake_time;
}

u64 arch_counter_hz(void)
{
	return FAKE_HZ;
}

void cpu_relax(void)
{
	static unsigned int spins;

	fake_time++;
	if (fake_cpu_relax)
		fake_cpu_relax();
	else if (++spins > MAX_SPINS)
		tap_fail(__FILE__, __LINE__, "a spin loop without end");
}

bool spin_trylock(spinlock_t *lock)
{
	if (lock->held)
		return false;
	lock->held = 1;
	fake_locks_held++;
	return true;
}

void spin_lock(spinlock_t *lock)
{
	while (!spin_trylock(lock))
		cpu_relax();
}

void spin_unlock(spinlock_t *lock)
{
	if (!lock->held)
		tap_fail(__FILE__, __LINE__, "unlock of a free lock");
	lock->held = 0;
	fake_locks_held--;
}
