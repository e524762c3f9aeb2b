// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* How threads end, and who waits for that. */

#include "kernel.h"

static void thread_free(struct thread *thread)
{
	stack_free(thread);
	object_free(&thread->object);
}

void thread_finish(struct thread *thread)
{
	struct thread *joiner = thread->joiner;

	/* the timers' thread: a callback has ended it */
	if (list_empty(&thread->all)) {
		printk("rtos: thread '%s' has ended\n", name_of(&thread->object));
		kernel_fail();
	}
	thread->state = osThreadTerminated;
	thread->kill = false;
	if (kernel.locker == thread) {
		kernel.locker = NULL;
		if (kernel.thaw)
			kernel.thaw(0);
	}
	mutex_owner_ended(thread);
	list_unlink(&thread->all);
	kernel.num_threads--;
	if (joiner)
		wait_end(joiner, (u32)osOK);
	if (joiner || !thread->joinable)
		thread_free(thread);
}

bool thread_end(struct thread *thread)
{
	if (sched_on_cpu(thread)) {
		thread_kill(thread);
		sched_kick(thread->cpu);
		return false;
	}
	if (thread->state == osThreadReady)
		sched_unready(thread);
	else
		wait_cancel(thread);
	thread_finish(thread);
	return true;
}

void osThreadExit(void)
{
	if (this_thread() && !in_isr()) {
		kernel_lock();
		thread_kill(this_thread());
		context_switch();
	}
	panic("osThreadExit() outside of a thread");
}

void thread_wait_until_off(struct thread *thread, struct cpu *cpu)
{
	bool there = true;

	while (there) {
		u64 flags = kernel_lock();

		there = cpu != this_cpu() && cpu->current == thread && cpu->resched;
		kernel_unlock(flags);
		cpu_relax();
	}
}

osStatus_t osThreadTerminate(osThreadId_t thread_id)
{
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);
	struct cpu *cpu;
	bool done;

	if (!thread)
		return (osStatus_t)flags;
	if (thread->state == osThreadTerminated)
		return call_end(flags, osErrorResource);
	cpu = thread->cpu;
	if (thread == this_thread() && kernel.state == osKernelRunning) {
		thread_kill(thread);
		context_switch();
	}
	done = thread_end(thread);
	kernel_unlock(flags);
	if (!done)
		thread_wait_until_off(thread, cpu);
	return osOK;
}

osStatus_t osThreadDetach(osThreadId_t thread_id)
{
	osStatus_t status = osOK;
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);

	if (!thread)
		return (osStatus_t)flags;
	if (!thread->joinable || thread->joiner)
		status = osErrorResource;
	else if (thread->state == osThreadTerminated)
		thread_free(thread);
	else
		thread->joinable = false;
	return call_end(flags, status);
}

osStatus_t osThreadJoin(osThreadId_t thread_id)
{
	u64 flags;
	struct thread *thread = call_begin(thread_id, OBJECT_THREAD, &flags);

	if (!thread)
		return (osStatus_t)flags;
	if (!thread->joinable || thread->joiner || thread == this_thread())
		return call_end(flags, osErrorResource);
	if (thread->state == osThreadTerminated) {
		thread_free(thread);
		return call_end(flags, osOK);
	}
	if (!wait_allowed())
		return call_end(flags, osErrorResource);
	thread->joiner = this_thread();
	this_thread()->joined = thread;
	return (osStatus_t)wait_for_and_unlock(NULL, osWaitForever, flags);
}
