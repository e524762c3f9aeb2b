// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* What skins keep with a thread, and their memory. */

#include "kernel.h"

struct rtos_local *rtos_local(void)
{
	struct thread *thread = this_thread();

	return thread ? &thread->local : NULL;
}

struct rtos_local *rtos_local_of(osThreadId_t thread_id)
{
	struct thread *thread = object_get(thread_id, OBJECT_THREAD);

	return thread ? &thread->local : NULL;
}

void *rtos_alloc(uint32_t size)
{
	return alloc(size);
}

void rtos_free(void *memory, uint32_t size)
{
	u64 flags = kernel_lock();

	alloc_free_locked(memory, size);
	kernel_unlock(flags);
}
