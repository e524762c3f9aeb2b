// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Flags of threads and of event objects. */

#include "kernel.h"

struct event_flags {
	struct object object;
	u32 flags;
	struct wait_queue waiters;
};

_Static_assert(sizeof(struct event_flags) <= RTOS_EVENT_FLAGS_CB_SIZE, "rtos.h");

/* wait_or_refuse() says it for flags too. */
_Static_assert((u32)osErrorTimeout == osFlagsErrorTimeout &&
	       (u32)osErrorResource == osFlagsErrorResource, "cmsis_os2.h");

/* What a thread waits for. */
struct wanted {
	u32 flags;
	u32 options;
};

/* Whether flags are what is waited for; if so, takes them away. */
static bool take(u32 *flags, const struct wanted *wanted)
{
	u32 found = *flags & wanted->flags;

	if (wanted->options & osFlagsWaitAll ? found != wanted->flags : !found)
		return false;
	if (!(wanted->options & osFlagsNoClear))
		*flags &= ~wanted->flags;
	return true;
}

/* ==== Of threads ==== */

uint32_t osThreadFlagsSet(osThreadId_t thread_id, uint32_t flags)
{
	struct thread *thread;
	u32 result, before;
	u64 lock;

	if (flags & osFlagsError)
		return osFlagsErrorParameter;
	lock = kernel_lock();
	thread = object_get(thread_id, OBJECT_THREAD);
	if (!thread) {
		result = osFlagsErrorParameter;
	} else if (thread->state == osThreadTerminated) {
		result = osFlagsErrorResource;
	} else {
		thread->flags |= flags;
		before = thread->flags;
		if (thread->wait_own_flags &&
		    take(&thread->flags, thread->wait_data))
			wait_end(thread, before);
		result = thread->flags;
	}
	kernel_unlock(lock);
	return result;
}

uint32_t osThreadFlagsClear(uint32_t flags)
{
	u32 before;
	u64 lock;

	if (refused_in_isr())
		return osFlagsErrorISR;
	if (flags & osFlagsError)
		return osFlagsErrorParameter;
	if (!this_thread())
		return osFlagsErrorUnknown;
	lock = kernel_lock();
	before = this_thread()->flags;
	this_thread()->flags &= ~flags;
	kernel_unlock(lock);
	return before;
}

uint32_t osThreadFlagsGet(void)
{
	return this_thread() && !refused_in_isr() ? atomic_read(&this_thread()->flags) : 0;
}

uint32_t osThreadFlagsWait(uint32_t flags, uint32_t options, uint32_t timeout)
{
	struct wanted wanted = { flags, options };
	struct thread *thread = this_thread();
	u32 before;
	u64 lock;

	if (refused_in_isr())
		return osFlagsErrorISR;
	if (flags & osFlagsError)
		return osFlagsErrorParameter;
	if (!thread)
		return osFlagsErrorUnknown;
	lock = kernel_lock();
	before = thread->flags;
	if (!take(&thread->flags, &wanted)) {
		thread->wait_own_flags = timeout && wait_allowed();
		return wait_or_refuse(NULL, &wanted, timeout, lock);
	}
	kernel_unlock(lock);
	return before;
}

/* ==== Event flags ==== */

osEventFlagsId_t osEventFlagsNew(const osEventFlagsAttr_t *attr)
{
	struct event_flags *event;

	event = object_new(attr, RTOS_EVENT_FLAGS_CB_SIZE);
	if (!event)
		return NULL;
	wait_queue_init(&event->waiters);
	atomic_set(&event->object.kind, OBJECT_EVENT_FLAGS);
	return event;
}

const char *osEventFlagsGetName(osEventFlagsId_t ef_id)
{
	return object_name(ef_id, OBJECT_EVENT_FLAGS);
}

/* By priority; a step per thread that waits for this object. */
static void wake_waiters(struct event_flags *event)
{
	struct list *at = event->waiters.threads.next;

	while (at != &event->waiters.threads) {
		struct thread *thread = container_of(at, struct thread,
						     wait.threads);
		u32 before = event->flags;

		at = at->next;
		if (take(&event->flags, thread->wait_data))
			wait_end(thread, before);
	}
}

uint32_t osEventFlagsSet(osEventFlagsId_t ef_id, uint32_t flags)
{
	u32 result = osFlagsErrorParameter;
	struct event_flags *event;
	u64 lock;

	if (flags & osFlagsError)
		return result;
	lock = kernel_lock();
	event = object_get(ef_id, OBJECT_EVENT_FLAGS);
	if (event) {
		event->flags |= flags;
		wake_waiters(event);
		result = event->flags;
	}
	kernel_unlock(lock);
	return result;
}

uint32_t osEventFlagsClear(osEventFlagsId_t ef_id, uint32_t flags)
{
	u32 result = osFlagsErrorParameter;
	struct event_flags *event;
	u64 lock;

	if (flags & osFlagsError)
		return result;
	lock = kernel_lock();
	event = object_get(ef_id, OBJECT_EVENT_FLAGS);
	if (event) {
		result = event->flags;
		event->flags &= ~flags;
	}
	kernel_unlock(lock);
	return result;
}

uint32_t osEventFlagsGet(osEventFlagsId_t ef_id)
{
	const struct event_flags *event = object_get(ef_id, OBJECT_EVENT_FLAGS);

	return event ? atomic_read(&event->flags) : 0;
}

uint32_t osEventFlagsWait(osEventFlagsId_t ef_id, uint32_t flags,
			  uint32_t options, uint32_t timeout)
{
	struct wanted wanted = { flags, options };
	u32 result = osFlagsErrorParameter;
	struct event_flags *event;
	u64 lock;

	if ((flags & osFlagsError) || (timeout && refused_in_isr()))
		return result;
	lock = kernel_lock();
	event = object_get(ef_id, OBJECT_EVENT_FLAGS);
	if (event) {
		result = event->flags;
		if (!take(&event->flags, &wanted))
			return wait_or_refuse(&event->waiters, &wanted, timeout,
					      lock);
	}
	kernel_unlock(lock);
	return result;
}

osStatus_t osEventFlagsDelete(osEventFlagsId_t ef_id)
{
	u64 flags;
	struct event_flags *event = call_begin(ef_id, OBJECT_EVENT_FLAGS, &flags);

	if (!event)
		return (osStatus_t)flags;
	wait_wake_all(&event->waiters, osFlagsErrorResource);
	object_free(&event->object);
	return call_end(flags, osOK);
}
