// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

_Static_assert(sizeof(struct thread) <= RTOS_THREAD_CB_SIZE, "rtos.h");

static u32 all_cpus(void)
{
	return (1U << num_cpus()) - 1;
}

static void thread_entry(osThreadFunc_t func, void *argument)
{
	func(argument);
	osThreadExit();
}

void FOR_SIZE thread_prepare(struct thread *thread, osThreadFunc_t func, void *argument,
			     u8 *stack_end)
{
	struct context *context = &thread->context;

	context->x[0] = (u64)func;
	context->x[1] = (u64)argument;
	context->sp = (u64)stack_end;
	context->pc = (u64)thread_entry;
	/* interrupts and SErrors come */
	context->pstate = PSTATE_EL1T | PSTATE_D | PSTATE_F;
	context->full = 1;
	thread->watched = kernel.accounting || !thread->guard;
	if (!SMP)
		thread->cpu = this_cpu();
	list_init(&thread->mutexes);
	list_init(&thread->all);
}

static bool FOR_SIZE attr_is_good(const osThreadAttr_t *attr)
{
	if (attr->priority && (attr->priority < osPriorityIdle ||
			       attr->priority > osPriorityISR))
		return false;
	if (attr->affinity_mask && !(attr->affinity_mask & all_cpus()))
		return false;
	return !attr->tz_module;
}

static void FOR_SIZE insert(struct thread *thread)
{
	u64 flags = kernel_lock();

	atomic_set(&thread->object.kind, OBJECT_THREAD);
	list_add_tail(&kernel.threads, &thread->all);
	kernel.num_threads++;
	sched_ready(thread);
	call_end(flags, osOK);
}

osThreadId_t FOR_SIZE osThreadNew(osThreadFunc_t func, void *argument,
				  const osThreadAttr_t *attr)
{
	const osThreadAttr_t none = { 0 };
	struct thread *thread;

	if (!attr)
		attr = &none;
	if (!func || !attr_is_good(attr))
		return NULL;
	thread = object_new(attr, RTOS_THREAD_CB_SIZE);
	if (!thread)
		return NULL;
	if (!stack_set(thread, attr->stack_mem, attr->stack_size)) {
		object_drop(&thread->object);
		return NULL;
	}
	thread->base_priority = attr->priority ? (u8)attr->priority :
						 osPriorityNormal;
	thread->priority = thread->base_priority;
	thread->joinable = attr->attr_bits & osThreadJoinable;
	sched_set_affinity(thread, attr->affinity_mask ?
				   attr->affinity_mask & all_cpus() : all_cpus());
	thread_prepare(thread, func, argument, thread->stack + thread->stack_size);
	insert(thread);
	return thread;
}

void FOR_SIZE thread_hide(osThreadId_t thread_id)
{
	struct thread *thread = thread_id;
	u64 flags = kernel_lock();

	list_remove(&thread->all);
	kernel.num_threads--;
	kernel_unlock(flags);
}

/* ==== Suspending ==== */

/* Locked. It goes on after osThreadResume() only. */
static void suspend(struct thread *thread)
{
	if (thread->state == osThreadRunning) {
		sched_stop(thread, osThreadBlocked);
		sched_kick(thread->cpu);
	} else if (thread->state == osThreadReady) {
		sched_unready(thread);
	} else {
		wait_cancel(thread);
	}
	thread->result = (u32)osErrorTimeout;
	thread->state = osThreadBlocked;
}

osStatus_t osThreadSuspend(osThreadId_t thread_id)
{
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);
	struct cpu *cpu;

	if (!thread)
		return (osStatus_t)flags;
	if (thread->state == osThreadTerminated || thread == kernel.locker)
		return call_end(flags, osErrorResource);
	cpu = thread->cpu;
	suspend(thread);
	kernel_unlock(flags);
	if (cpu)
		thread_wait_until_off(thread, cpu);
	return osOK;
}

osStatus_t osThreadResume(osThreadId_t thread_id)
{
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);

	if (!thread)
		return (osStatus_t)flags;
	if (thread->state != osThreadBlocked)
		return call_end(flags, osErrorResource);
	wait_end(thread, (u32)osErrorTimeout);
	return call_end(flags, osOK);
}

osStatus_t osThreadYield(void)
{
	if (refused_in_isr())
		return osErrorISR;
	if (kernel.state != osKernelRunning)
		return osError;
	/* no other thread makes it the locker, or takes that from it */
	if (kernel.locker == this_thread())
		return osOK;
	kernel_lock();
	sched_yield(this_cpu());
	context_switch();
	/* they were enabled, or the call is refused */
	enable_irqs();
	return osOK;
}

/* ==== What a thread is ==== */

const char *osThreadGetName(osThreadId_t thread_id)
{
	return object_name(thread_id, OBJECT_THREAD);
}

osThreadId_t osThreadGetId(void)
{
	return this_thread();
}

osThreadState_t osThreadGetState(osThreadId_t thread_id)
{
	osThreadState_t state = osThreadError;
	const struct thread *thread;
	u64 flags;

	if (refused_in_isr())
		return state;
	/* who sees a thread blocked sees whom it has lent its priority to */
	flags = kernel_lock();
	thread = object_get(thread_id, OBJECT_THREAD);
	if (thread)
		state = thread->state;
	kernel_unlock(flags);
	return state;
}

osStatus_t FOR_SIZE osThreadSetPriority(osThreadId_t thread_id, osPriority_t priority)
{
	osStatus_t status = osOK;
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);

	if (!thread)
		return (osStatus_t)flags;
	if (priority < osPriorityIdle || priority > osPriorityISR) {
		status = osErrorParameter;
	} else if (thread->state == osThreadTerminated) {
		status = osErrorResource;
	} else {
		thread->base_priority = (u8)priority;
		mutex_inherit(thread);
	}
	return call_end(flags, status);
}

osPriority_t osThreadGetPriority(osThreadId_t thread_id)
{
	const struct thread *thread = object_get(thread_id, OBJECT_THREAD);

	if (!thread || refused_in_isr() || thread->state == osThreadTerminated)
		return osPriorityError;
	return thread->priority;
}

osStatus_t osThreadSetAffinityMask(osThreadId_t thread_id, u32 affinity_mask)
{
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);
	struct cpu *cpu;

	if (!thread)
		return (osStatus_t)flags;
	if (!(affinity_mask & all_cpus()))
		return call_end(flags, osErrorParameter);
	if (thread->state == osThreadTerminated)
		return call_end(flags, osErrorResource);
	cpu = thread->state == osThreadRunning ? thread->cpu : NULL;
	sched_set_affinity(thread, affinity_mask & all_cpus());
	kernel_unlock(flags);
	if (cpu && !(affinity_mask >> cpu->number & 1))
		thread_wait_until_off(thread, cpu);
	return osOK;
}

uint32_t osThreadGetAffinityMask(osThreadId_t thread_id)
{
	const struct thread *thread = object_get(thread_id, OBJECT_THREAD);

	return thread && !refused_in_isr() ? thread->affinity : 0;
}

uint32_t osThreadGetCount(void)
{
	return refused_in_isr() ? 0 : atomic_read(&kernel.num_threads);
}

uint32_t osThreadEnumerate(osThreadId_t *thread_array, uint32_t array_items)
{
	u32 count = 0;
	u64 flags;

	if (refused_in_isr() || !thread_array || !array_items ||
	    kernel.state == osKernelInactive)
		return 0;
	flags = kernel_lock();
	for (struct list *at = kernel.threads.next;
	     at != &kernel.threads && count < array_items; at = at->next)
		thread_array[count++] = container_of(at, struct thread, all);
	kernel_unlock(flags);
	return count;
}
