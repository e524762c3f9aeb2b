// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

#define API_VERSION		20010003	/* 2.1.3 */
#define KERNEL_VERSION		10000000
#define KERNEL_ID		"Cellblock RTOS 1.0"

static void count_cpus(void)
{
	kernel.num_cpus = smp_num_cpus();
	if (rtos_config.max_cpus && rtos_config.max_cpus < kernel.num_cpus)
		kernel.num_cpus = rtos_config.max_cpus;
}

osStatus_t osKernelInitialize(void)
{
	const struct rtos_timers *timers = rtos_config.timers;

	if (refused_apart(__func__))
		return osErrorISR;
	if (kernel.state == osKernelReady)
		return osOK;
	if (kernel.state != osKernelInactive)
		return osError;

	if (SMP)
		count_cpus();
	list_init(&kernel.threads);
	kernel.accounting = rtos_config.accounting;
	cpus_init();
	time_init();
	alloc_init(rtos_config.heap, rtos_config.heap_size);
	kernel.state = osKernelReady;
	if (timers && timers->start && !timers->start()) {
		kernel.state = osKernelInactive;
		return osErrorNoMemory;
	}
	return osOK;
}

osStatus_t osKernelGetInfo(osVersion_t *version, char *id_buf, uint32_t id_size)
{
	if (version) {
		version->api = API_VERSION;
		version->kernel = KERNEL_VERSION;
	}
	if (id_buf && id_size)
		snprintk(id_buf, id_size, "%s", KERNEL_ID);
	return osOK;
}

osKernelState_t osKernelGetState(void)
{
	osKernelState_t state = atomic_read(&kernel.state);

	if (state != osKernelRunning || !atomic_read(&kernel.locker))
		return state;
	return atomic_read(&kernel.thaw) ? osKernelSuspended : osKernelLocked;
}

osStatus_t osKernelStart(void)
{
	if (refused_apart(__func__))
		return osErrorISR;
	if (kernel.state != osKernelReady)
		return osError;
	cpus_start();
}

/*
 * Locked when it returns. Another thread's osKernelLock(), on another CPU, is
 * waited for: it cannot be preempted, so it goes on.
 */
static u64 lock_when_unlocked(void)
{
	u64 flags;

	for (;;) {
		flags = kernel_lock();
		if (!kernel.locker || kernel.locker == this_thread())
			return flags;
		kernel_unlock(flags);
		cpu_relax();
	}
}

/* Returns whether it was locked before. */
static int32_t set_lock(bool lock)
{
	int32_t before;
	u64 flags;

	if (refused_apart(__func__))
		return osErrorISR;
	if (kernel.state != osKernelRunning || kernel.thaw)
		return osError;
	flags = lock_when_unlocked();
	before = kernel.locker == this_thread();
	kernel.locker = lock ? this_thread() : NULL;
	/* what came up meanwhile */
	if (before && !lock)
		sched_kick(this_cpu());
	kernel_unlock(flags);
	return before;
}

int32_t osKernelLock(void)
{
	return set_lock(true);
}

int32_t osKernelUnlock(void)
{
	return set_lock(false);
}

int32_t osKernelRestoreLock(int32_t lock)
{
	int32_t before;

	if (lock != 0 && lock != 1)
		return refused_apart(__func__) ? osErrorISR : osError;
	before = set_lock(lock);
	return before < 0 ? before : lock;
}

uint32_t osKernelSuspend(void)
{
	u32 ticks;
	u64 flags;

	if (refused_apart(__func__) || kernel.state != osKernelRunning)
		return 0;
	flags = lock_when_unlocked();
	if (kernel.locker) {
		kernel_unlock(flags);
		return 0;
	}
	kernel.locker = this_thread();
	ticks = time_to_next();
	time_freeze();
	kernel_unlock(flags);
	return ticks;
}

void osKernelResume(uint32_t sleep_ticks)
{
	u64 flags;

	if (refused_apart(__func__) || kernel.state != osKernelRunning)
		return;
	flags = kernel_lock();
	if (kernel.thaw && kernel.locker == this_thread()) {
		kernel.locker = NULL;
		kernel.thaw(sleep_ticks);
	}
	kernel_unlock(flags);
}
