// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Condition variables, for skins: a queue of waiting threads, and nothing else. */

#include "kernel.h"

_Static_assert(sizeof(struct wait_queue) == sizeof(struct rtos_cond), "rtos_skin.h");

/* Locked. */
static struct wait_queue *waiters_of(struct rtos_cond *cond)
{
	struct wait_queue *queue = (struct wait_queue *)(void *)cond;

	if (!queue->threads.next)
		wait_queue_init(queue);
	return queue;
}

void cond_wait_and_unlock(struct rtos_cond *cond, u32 timeout, u64 flags)
{
	wait_or_refuse(waiters_of(cond), NULL, timeout, flags);
}

osStatus_t rtos_cond_wait(struct rtos_cond *cond, osMutexId_t mutex_id, uint32_t timeout)
{
	osStatus_t status;
	u64 flags;

	if (refused_apart(__func__))
		return osErrorISR;
	flags = kernel_lock();
	status = mutex_give_back(mutex_id);
	if (status == osOK)
		return (osStatus_t)wait_or_refuse(waiters_of(cond), NULL, timeout, flags);
	kernel_unlock(flags);
	return status;
}

void rtos_cond_signal(struct rtos_cond *cond)
{
	u64 flags = kernel_lock();

	wait_wake_first(waiters_of(cond), (u32)osOK);
	kernel_unlock(flags);
}

void rtos_cond_broadcast(struct rtos_cond *cond)
{
	u64 flags = kernel_lock();

	wait_wake_all(waiters_of(cond), (u32)osOK);
	kernel_unlock(flags);
}

bool rtos_cond_in_use(struct rtos_cond *cond)
{
	u64 flags = kernel_lock();
	bool in_use = waiting_thread(waiters_of(cond));

	kernel_unlock(flags);
	return in_use;
}
