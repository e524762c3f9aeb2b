// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The time that threads use: turns and the watchdog. Linked with programs whose
 * rtos_config says RTOS_ACCOUNTING().
 */

#include "kernel.h"

bool __attribute__((weak)) rtos_watchdog(osThreadId_t thread)
{
	(void)thread;
	return false;
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

static u64 counts_left(u32 ticks, u64 used)
{
	u64 all = ticks * kernel.tick_counts;

	return used < all ? all - used : 0;
}

/* The moment of the next end of a slice or watchdog; ~0: none. */
static u64 next_check(const struct cpu *cpu)
{
	const struct thread *thread = cpu->current;
	u64 next = ~0ULL, end;

	if (thread == &cpu->idle)
		return next;
	if (kernel.accounting->slice_ticks && !cpu->yield && sched_has_peer(cpu) &&
	    thread != kernel.locker)
		next = cpu->started + counts_left(kernel.accounting->slice_ticks,
						  thread->slice_used);
	if (kernel.accounting->watchdog_ticks) {
		end = cpu->started + counts_left(kernel.accounting->watchdog_ticks,
						 thread->run_used);
		if (end < next)
			next = end;
	}
	return next;
}

static void program(struct cpu *cpu)
{
	u64 next = next_check(cpu);

	time_program_before(cpu, next < cpu->comm_check ? next : cpu->comm_check);
}

static void check_watchdog(struct cpu *cpu, u64 now)
{
	struct thread *thread = cpu->current;

	if (now - cpu->started <
	    counts_left(kernel.accounting->watchdog_ticks, thread->run_used))
		return;
	/* from here on it has another time */
	account(cpu, now);
	thread->run_used = 0;
	if (rtos_watchdog(thread))
		return;
	fault_report(thread, RTOS_FAULT_WATCHDOG);
	fault_ends_thread(thread, RTOS_FAULT_WATCHDOG);
	thread_kill(thread);
	cpu->resched = true;
}

static void check_thread(struct cpu *cpu, u64 now)
{
	struct thread *thread = cpu->current;

	if (thread == &cpu->idle)
		return;
	if (kernel.accounting->slice_ticks && sched_has_peer(cpu) &&
	    thread != kernel.locker && now - cpu->started >=
	    counts_left(kernel.accounting->slice_ticks, thread->slice_used)) {
		sched_yield(cpu);
		cpu->resched = true;
	}
	if (kernel.accounting->watchdog_ticks)
		check_watchdog(cpu, now);
}

static void check(struct cpu *cpu, u64 now)
{
	check_thread(cpu, now);
	program(cpu);
}

const struct rtos_accounting_calls rtos_accounting_calls = {
	.stopped = account,
	.program = program,
	.check = check,
};
