// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

bool wait_allowed(void)
{
	return kernel.state == osKernelRunning && kernel.locker != this_thread();
}

static void timeout_expired(struct deadline *timeout)
{
	wait_end(container_of(timeout, struct thread, timeout),
		 (u32)osErrorTimeout);
}

u32 wait_for_and_unlock(struct wait_queue *queue, u32 ticks, u64 flags)
{
	struct thread *thread = this_thread();

	sched_stop(thread, osThreadBlocked);
	thread->waiting = queue;
	thread->result = (u32)osErrorTimeout;
	if (queue)
		wait_add(queue, &thread->wait, thread->priority);
	if (ticks != osWaitForever) {
		thread->timeout.expired = timeout_expired;
		deadline_set(&thread->timeout, time_now() + ticks);
	}
	if (thread->wanted)
		mutex_inherit(thread);
	context_switch();
	irqs_restore(flags);
	return thread->result;
}

u32 wait_or_refuse(struct wait_queue *queue, void *data, u32 timeout, u64 flags)
{
	if (timeout && wait_allowed()) {
		this_thread()->wait_data = data;
		return wait_for_and_unlock(queue, timeout, flags);
	}
	return (u32)call_end(flags, timeout ? osErrorTimeout : osErrorResource);
}

/* What few waits have: a mutex, a thread or a moment that is waited for. */
static inline bool has_more(const struct thread *thread)
{
	return heap_has(&thread->timeout.node) || thread->wanted ||
	       thread->joined;
}

static void FOR_SIZE cancel_more(struct thread *thread)
{
	struct mutex *wanted = thread->wanted;

	thread->wanted = NULL;
	deadline_cancel(&thread->timeout);
	if (wanted)
		mutex_waiter_left(wanted);
	if (thread->joined) {
		thread->joined->joiner = NULL;
		thread->joined = NULL;
	}
}

static inline void leave_queue(struct thread *thread)
{
	if (thread->waiting) {
		wait_remove(thread->waiting, &thread->wait);
		thread->waiting = NULL;
	}
	thread->wait_own_flags = false;
}

static void FOR_SIZE leave_queue_apart(struct thread *thread)
{
	leave_queue(thread);
}

void FOR_SIZE wait_cancel(struct thread *thread)
{
	leave_queue_apart(thread);
	cancel_more(thread);
}

/* Apart, so that the usual end of a wait saves no registers. */
static void __attribute__((noinline)) end_with_more(struct thread *thread)
{
	cancel_more(thread);
	sched_ready(thread);
}

void wait_end(struct thread *thread, u32 result)
{
	leave_queue(thread);
	thread->result = result;
	if (has_more(thread))
		end_with_more(thread);
	else
		sched_ready(thread);
}

void wait_wake_all(struct wait_queue *queue, u32 result)
{
	while (wait_wake_first(queue, result))
		;
}

void FOR_SIZE wait_reorder(struct thread *thread)
{
	struct wait_queue *queue = thread->waiting;

	if (!queue)
		return;
	leave_queue_apart(thread);
	thread->waiting = queue;
	wait_add(queue, &thread->wait, thread->priority);
}
