// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * What is the same on one CPU (sched_up.c) and on more (sched_smp.c): changes
 * of priority, and what a switch from a watched thread begins with.
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

/* Its stack's end was overwritten: whatever it was about to do ends. */
static void check_stack(struct thread *thread)
{
	if (thread->guard || thread->kill || stack_intact(thread))
		return;
	fault_report(thread, RTOS_FAULT_STACK);
	fault_ends_thread(thread, RTOS_FAULT_STACK);
	wait_cancel(thread);
	thread_kill(thread);
}

void sched_look_at(struct cpu *cpu, struct thread *before)
{
	if (kernel.accounting)
		kernel.accounting->calls->stopped(cpu, timer_get_ticks());
	check_stack(before);
	if (!before->kill)
		return;
	if (before->state == osThreadRunning)
		sched_stop(before, osThreadTerminated);
	thread_finish(before);
}
