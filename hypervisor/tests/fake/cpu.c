// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <arch/cpu.h>
#include <arch/spinlock.h>

#include "../tap.h"
#include "cpu.h"

#define MAX_SPINS	10000000
#define MAX_CPUS	16

u64 fake_time;
void (*fake_cpu_relax)(void);
void (*fake_unlocked)(void);
unsigned int (*fake_cpu_number)(void);

/* by the CPU that holds them */
static unsigned int locks[MAX_CPUS];

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

	fake_time += FAKE_RELAX_TICKS;
	if (fake_cpu_relax)
		fake_cpu_relax();
	else if (++spins > MAX_SPINS)
		tap_fail(__FILE__, __LINE__, "a spin loop without end");
}

static unsigned int *my_locks(void)
{
	return &locks[fake_cpu_number ? fake_cpu_number() : 0];
}

unsigned int fake_locks_mine(void)
{
	return *my_locks();
}

unsigned int fake_locks_held(void)
{
	unsigned int sum = 0;

	for (unsigned int cpu = 0; cpu < MAX_CPUS; cpu++)
		sum += locks[cpu];
	return sum;
}

bool spin_trylock(spinlock_t *lock)
{
	if (lock->held)
		return false;
	lock->held = 1;
	++*my_locks();
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
	if (!fake_locks_mine())
		tap_fail(__FILE__, __LINE__, "unlock of another CPU's lock");
	lock->held = 0;
	--*my_locks();
	if (fake_unlocked)
		fake_unlocked();
}
