// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Mutexes. The owner of one with osMutexPrioInherit has at least the priority
 * of each thread that waits for it, through as many mutexes as are in between:
 * a step per owner in that chain and mutex it holds.
 */

#include "kernel.h"

#define NOT_SIMPLE	((struct thread *)1)

_Static_assert(sizeof(struct mutex) <= RTOS_MUTEX_CB_SIZE, "rtos.h");

static u8 FOR_SIZE priority_of(const struct thread *thread)
{
	u8 priority = thread->base_priority;

	for (struct list *at = thread->mutexes.next; at != &thread->mutexes;
	     at = at->next) {
		struct mutex *mutex = container_of(at, struct mutex, held);
		struct thread *waiter = waiting_thread(&mutex->waiters);

		if ((mutex->attr & osMutexPrioInherit) && waiter &&
		    waiter->priority > priority)
			priority = waiter->priority;
	}
	return priority;
}

void FOR_SIZE mutex_inherit(struct thread *thread)
{
	bool first = true;

	/* a circle of waiting threads ends where nothing changes any more */
	while (thread) {
		u8 priority = priority_of(thread);

		if (!first && priority == thread->priority)
			break;
		first = false;
		sched_set_priority(thread, priority);
		thread = thread->wanted ? thread->wanted->owner : NULL;
	}
}

void FOR_SIZE mutex_waiter_left(struct mutex *mutex)
{
	if (mutex->owner && (mutex->attr & osMutexPrioInherit))
		mutex_inherit(mutex->owner);
}

static void own(struct mutex *mutex, struct thread *thread)
{
	mutex->simple = thread;
	mutex->owner = thread;
	list_add(&thread->mutexes, &mutex->held);
}

static void disown(struct mutex *mutex)
{
	list_unlink(&mutex->held);
	mutex->simple = NULL;
	mutex->owner = NULL;
}

/* The owner gives it to the first that waits. */
static void FOR_SIZE pass_on(struct mutex *mutex)
{
	struct thread *before = mutex->owner;
	struct thread *waiter = waiting_thread(&mutex->waiters);

	disown(mutex);
	/* of an owner that has ended */
	mutex->nested = 0;
	if (waiter) {
		own(mutex, waiter);
		/* and it inherits from those that go on waiting */
		wait_end(waiter, (u32)osOK);
		if (waiting_thread(&mutex->waiters))
			mutex->simple = NOT_SIMPLE;
	}
	if (before->priority != before->base_priority &&
	    before->state != osThreadTerminated)
		mutex_inherit(before);
}

static void FOR_SIZE say_orphan(const struct mutex *mutex, const struct thread *owner)
{
	printk("rtos: thread '%s' ended with mutex '%s', which stays locked\n",
	       name_of(&owner->object), name_of(&mutex->object));
}

void FOR_SIZE mutex_owner_ended(struct thread *owner)
{
	while (!list_empty(&owner->mutexes)) {
		struct mutex *mutex = container_of(owner->mutexes.next,
						   struct mutex, held);

		if (mutex->attr & osMutexRobust) {
			pass_on(mutex);
		} else {
			disown(mutex);
			mutex->simple = NOT_SIMPLE;
			/* with the lock held, as the names can go after that */
			say_orphan(mutex, owner);
		}
	}
}

osMutexId_t FOR_SIZE osMutexNew(const osMutexAttr_t *attr)
{
	struct mutex *mutex;

	mutex = object_new(attr, RTOS_MUTEX_CB_SIZE);
	if (!mutex)
		return NULL;
	mutex->attr = attr ? attr->attr_bits : 0;
	wait_queue_init(&mutex->waiters);
	atomic_set(&mutex->object.kind, OBJECT_MUTEX);
	return mutex;
}

const char *osMutexGetName(osMutexId_t mutex_id)
{
	return object_name(mutex_id, OBJECT_MUTEX);
}

/* Locked. osErrorTimeout: it is another's. */
static osStatus_t try_acquire(struct mutex *mutex, struct thread *thread)
{
	if (!mutex->simple) {
		own(mutex, thread);
		return osOK;
	}
	if (mutex->owner != thread)
		return osErrorTimeout;
	if (!(mutex->attr & osMutexRecursive) || mutex->nested == ~0U)
		return osErrorResource;
	mutex->nested++;
	mutex->simple = NOT_SIMPLE;
	return osOK;
}

/*
 * One that is free: false if it is not as simple as that. Of a thread that is
 * stopped, this still came before.
 */
static inline bool acquire_free(osMutexId_t mutex_id)
{
	u64 flags = irqs_save();
	struct mutex *mutex;
	bool free = false;

	if (!masked_before(flags) && lock_try()) {
		mutex = object_get(mutex_id, OBJECT_MUTEX);
		free = mutex && !mutex->simple;
		if (free)
			own(mutex, this_thread());
		lock_release();
	}
	irqs_restore(flags);
	return free;
}

static osStatus_t FOR_SIZE
acquire(osMutexId_t mutex_id, u32 timeout)
{
	struct mutex *mutex;
	osStatus_t status;
	u64 flags;

	if (!this_thread())
		return osError;
	mutex = call_begin_at(mutex_id, OBJECT_MUTEX, &flags, "osMutexAcquire");
	if (!mutex)
		return (osStatus_t)flags;
	status = try_acquire(mutex, this_thread());
	if (status == osErrorTimeout) {
		if (timeout && wait_allowed()) {
			this_thread()->wanted = mutex;
			mutex->simple = NOT_SIMPLE;
		}
		return (osStatus_t)wait_or_refuse(&mutex->waiters, NULL, timeout,
						  flags);
	}
	return call_end(flags, status);
}

osStatus_t osMutexAcquire(osMutexId_t mutex_id, uint32_t timeout)
{
	if (acquire_free(mutex_id))
		return osOK;
	return acquire(mutex_id, timeout);
}

/* A simple one of the caller's. */
static inline bool release_simple(osMutexId_t mutex_id)
{
	u64 flags = irqs_save();
	struct mutex *mutex;
	bool simple = false;

	if (!masked_before(flags) && lock_try()) {
		mutex = object_get(mutex_id, OBJECT_MUTEX);
		simple = mutex && mutex->simple == this_thread();
		if (simple)
			disown(mutex);
		lock_release();
	}
	irqs_restore(flags);
	return simple;
}

static osStatus_t FOR_SIZE release(osMutexId_t mutex_id)
{
	osStatus_t status = osOK;
	u64 flags;
	struct mutex *mutex = call_begin_at(mutex_id, OBJECT_MUTEX, &flags, "osMutexRelease");

	if (!mutex)
		return (osStatus_t)flags;
	if (!mutex->owner || mutex->owner != this_thread())
		status = osErrorResource;
	else if (mutex->nested)
		mutex->nested--;
	else
		pass_on(mutex);
	return call_end(flags, status);
}

osStatus_t osMutexRelease(osMutexId_t mutex_id)
{
	if (release_simple(mutex_id))
		return osOK;
	return release(mutex_id);
}

osStatus_t mutex_give_back(osMutexId_t mutex_id)
{
	struct mutex *mutex = object_get(mutex_id, OBJECT_MUTEX);

	if (!mutex)
		return osErrorParameter;
	if (!mutex->owner || mutex->owner != this_thread() || mutex->nested)
		return osErrorResource;
	pass_on(mutex);
	return osOK;
}

osThreadId_t osMutexGetOwner(osMutexId_t mutex_id)
{
	struct mutex *mutex = object_get(mutex_id, OBJECT_MUTEX);

	return mutex && !refused_in_isr() ? atomic_read(&mutex->owner) : NULL;
}

osStatus_t osMutexDelete(osMutexId_t mutex_id)
{
	u64 flags;
	struct mutex *mutex = call_begin(mutex_id, OBJECT_MUTEX, &flags);
	struct thread *owner;

	if (!mutex)
		return (osStatus_t)flags;
	owner = mutex->owner;
	if (owner)
		disown(mutex);
	wait_wake_all(&mutex->waiters, (u32)osErrorResource);
	if (owner)
		mutex_inherit(owner);
	object_free(&mutex->object);
	return call_end(flags, osOK);
}
