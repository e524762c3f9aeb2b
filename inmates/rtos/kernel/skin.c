// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* What skins keep with a thread, their memory, and waking for them. */

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

osStatus_t rtos_resume_if(osThreadId_t thread_id, const bool *waits)
{
	osStatus_t status = osOK;
	struct thread *thread;
	u64 flags = kernel_lock();

	thread = object_get(thread_id, OBJECT_THREAD);
	if (!thread)
		status = osErrorParameter;
	else if (!atomic_read(waits) || thread->state != osThreadBlocked)
		status = osErrorResource;
	else
		wait_end(thread, (u32)osErrorTimeout);
	kernel_unlock(flags);
	return status;
}
