// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * What is the same on one CPU (sched_up.c) and on more (sched_smp.c): changes
 * of priority, and the time that threads use.
 */

#include "kernel.h"

void sched_set_priority(struct thread *thread, u8 priority)
{
	bool less = priority < thread->priority;

	if (priority == thread->priority)
		return;
	switch (thread->state) {
	case osThreadReady:
		sched_unready(thread);
		thread->priority = priority;
		sched_ready(thread);
		break;
	case osThreadRunning:
		sched_set_running_priority(thread, priority);
		if (less)
			sched_kick(thread->cpu);
		break;
	default:
		thread->priority = priority;
		if (thread->state == osThreadBlocked)
			wait_reorder(thread);
		break;
	}
}

/* What a thread has used up is counted when it stops. */
static void account(struct cpu *cpu, u64 now)
{
	struct thread *thread = cpu->current;

	thread->slice_used += now - cpu->started;
	thread->run_used += now - cpu->started;
	if (cpu->yield)
		thread->slice_used = 0;
	if (thread->state != osThreadRunning) {
		thread->slice_used = 0;
		thread->run_used = 0;
	}
	cpu->started = now;
}

/* Its stack's end was overwritten: whatever it was about to do ends. */
static void check_stack(struct thread *thread)
{
	if (thread->kill || stack_intact(thread))
		return;
	fault_report(thread, RTOS_FAULT_STACK, &thread->context);
	fault_ends_thread(thread, RTOS_FAULT_STACK);
	wait_cancel(thread);
	thread_kill(thread);
}

void sched_look_at(struct cpu *cpu, struct thread *before)
{
	if (kernel.accounting)
		account(cpu, timer_get_ticks());
	if (!before->guard)
		check_stack(before);
	if (!before->kill)
		return;
	if (before->state == osThreadRunning)
		sched_stop(before, osThreadTerminated);
	thread_finish(before);
}

static u64 counts_left(u32 ticks, u64 used)
{
	u64 all = ticks * kernel.tick_counts;

	return used < all ? all - used : 0;
}

u64 sched_next_check(const struct cpu *cpu)
{
	const struct thread *thread = cpu->current;
	u64 next = ~0ULL, end;

	if (thread == &cpu->idle)
		return next;
	if (rtos_config.slice_ticks && !cpu->yield && sched_has_peer(cpu) &&
	    thread != kernel.locker)
		next = cpu->started + counts_left(rtos_config.slice_ticks,
						  thread->slice_used);
	if (rtos_config.watchdog_ticks) {
		end = cpu->started + counts_left(rtos_config.watchdog_ticks,
						 thread->run_used);
		if (end < next)
			next = end;
	}
	return next;
}

static void check_watchdog(struct cpu *cpu, u64 now)
{
	struct thread *thread = cpu->current;

	if (now - cpu->started <
	    counts_left(rtos_config.watchdog_ticks, thread->run_used))
		return;
	/* from here on it has another time */
	account(cpu, now);
	thread->run_used = 0;
	if (rtos_watchdog(thread))
		return;
	fault_report(thread, RTOS_FAULT_WATCHDOG, &thread->context);
	fault_ends_thread(thread, RTOS_FAULT_WATCHDOG);
	thread_kill(thread);
	cpu->resched = true;
}

void sched_check(struct cpu *cpu, u64 now)
{
	struct thread *thread = cpu->current;

	if (thread == &cpu->idle)
		return;
	if (rtos_config.slice_ticks && sched_has_peer(cpu) &&
	    thread != kernel.locker && now - cpu->started >=
	    counts_left(rtos_config.slice_ticks, thread->slice_used)) {
		sched_yield(cpu);
		cpu->resched = true;
	}
	if (rtos_config.watchdog_ticks)
		check_watchdog(cpu, now);
}
