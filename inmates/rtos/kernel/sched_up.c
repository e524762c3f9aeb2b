// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * One CPU. The queue of each priority has its ready threads and the one that
 * runs, which is the first of the highest; the idle thread never leaves its
 * own. So a switch changes no queue, and always finds a thread.
 */

#include "kernel.h"

static struct list *queue_of(struct cpu *cpu, const struct thread *thread)
{
	return &cpu->ready[thread->priority];
}

/* After "at", an entry of its queue or the head. */
static inline void enqueue(struct cpu *cpu, struct thread *thread,
			   struct list *at)
{
	list_add(at, &thread->ready[0]);
	cpu->ready_levels |= 1ULL << thread->priority;
}

/* Alone in its queue, or not in one that has more: the head is on both sides. */
static bool is_alone(const struct thread *thread)
{
	return thread->ready[0].next == thread->ready[0].prev;
}

void sched_kick(struct cpu *cpu)
{
	cpu->resched = true;
}

void sched_ready(struct thread *thread)
{
	struct cpu *cpu = this_cpu();
	u8 now = cpu->current->priority;

	thread->state = osThreadReady;
	enqueue(cpu, thread, queue_of(cpu, thread)->prev);
	if (thread->priority > now)
		cpu->resched = true;
	else if (kernel.accounting && cpu->online && thread->priority == now)
		/* a first equal one starts the clock of turns */
		time_program(cpu);
}

void FOR_SIZE sched_unready(struct thread *thread)
{
	if (is_alone(thread))
		this_cpu()->ready_levels &= ~(1ULL << thread->priority);
	list_unlink(&thread->ready[0]);
}

void FOR_SIZE sched_set_running_priority(struct thread *thread, u8 priority)
{
	struct cpu *cpu = this_cpu();

	sched_unready(thread);
	thread->priority = priority;
	enqueue(cpu, thread, queue_of(cpu, thread));
}

void sched_move_back(struct thread *thread)
{
	list_unlink(&thread->ready[0]);
	list_add_tail(queue_of(this_cpu(), thread), &thread->ready[0]);
}

bool sched_has_peer(const struct cpu *cpu)
{
	return !is_alone(cpu->current);
}

static inline struct thread *first(const struct cpu *cpu)
{
	unsigned int highest = 63 ^ (unsigned int)__builtin_clzll(cpu->ready_levels);

	return container_of(cpu->ready[highest].next, struct thread, ready[0]);
}

static inline struct context *switch_from(struct cpu *cpu, struct thread *before)
{
	struct thread *next = first(cpu);

	if (before->state == osThreadRunning) {
		if (before == kernel.locker)
			next = before;
		before->state = osThreadReady;
	}
	next->state = osThreadRunning;
	cpu->resched = false;
	cpu->current = next;
	cpu->context = &next->context;
	write_sysreg(tpidr_el0, next);
	return &next->context;
}

/* Apart, so that the usual switch saves no registers. */
static struct context *FOR_SIZE
switch_from_watched(struct cpu *cpu, struct thread *before)
{
	struct context *context;

	sched_look_at(cpu, before);
	context = switch_from(cpu, before);
	cpu->yield = false;
	if (kernel.accounting)
		time_program(cpu);
	return context;
}

struct context *sched_switch(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *before = cpu->current;

	if (before->watched)
		return switch_from_watched(cpu, before);
	return switch_from(cpu, before);
}

void FOR_SIZE sched_init_cpu(struct cpu *cpu)
{
	for (unsigned int n = 0; n < PRIORITIES; n++)
		list_init(&cpu->ready[n]);
	cpu->current = &cpu->idle;
	cpu->context = &cpu->idle.context;
	list_add(&cpu->ready[PRIORITY_IDLE], &cpu->idle.ready[0]);
	cpu->ready_levels = 1ULL << PRIORITY_IDLE;
}
