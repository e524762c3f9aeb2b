// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * More than one CPU. A ready thread is in the queue of its priority on every CPU that it may
 * run on, so that each CPU finds its next thread in one step. A thread that
 * becomes ready is compared with what those CPUs do: the one that does the
 * least important work, if that is less important, gets it as its "next" and is
 * told. All of it costs steps per CPU, none per thread.
 */

#include "kernel.h"

static bool may_run_on(const struct thread *thread, const struct cpu *cpu)
{
	return thread->affinity >> cpu->number & 1;
}

void sched_kick(struct cpu *cpu)
{
	if (!cpu->online || cpu->resched)
		return;
	cpu->resched = true;
	if (cpu != this_cpu())
		irq_send_sgi(SGI_RESCHEDULE, smp_mpidr(cpu->number));
}

/* The first thread of an equal priority starts the clock of turns. */
static void peer_came(struct cpu *cpu, const struct thread *thread)
{
	if (!rtos_config.slice_ticks || !cpu->online ||
	    cpu->current->priority != thread->priority)
		return;
	if (cpu == this_cpu())
		time_program(cpu);
	else
		sched_kick(cpu);
}

static inline void enqueue_on(struct cpu *cpu, struct thread *thread,
			      struct list *entry, bool front)
{
	u32 priority = thread->priority;
	struct list *queue = &cpu->ready[priority];
	bool first = kernel.accounting && list_empty(queue);

	list_add(front ? queue : queue->prev, entry);
	cpu->ready_levels |= 1ULL << priority;
	if (first)
		peer_came(cpu, thread);
}

static inline void enqueue(struct thread *thread, bool front)
{
	for (unsigned int n = 0; n < num_cpus(); n++) {
		struct cpu *cpu = &kernel.cpus[n];

		if (may_run_on(thread, cpu))
			enqueue_on(cpu, thread, &thread->ready[n], front);
	}
}

static inline void dequeue_from(struct cpu *cpu, const struct thread *thread,
				struct list *entry)
{
	/* the last one has the head on both sides */
	if (entry->next == entry->prev)
		cpu->ready_levels &= ~(1ULL << thread->priority);
	list_remove(entry);
}

static inline void dequeue(struct thread *thread)
{
	for (unsigned int n = 0; n < num_cpus(); n++)
		if (!list_empty(&thread->ready[n]))
			dequeue_from(&kernel.cpus[n], thread, &thread->ready[n]);
}

static struct thread *first_ready(const struct cpu *cpu)
{
	if (!cpu->ready_levels)
		return NULL;
	return container_of(cpu->ready[63 ^ __builtin_clzll(cpu->ready_levels)].next,
			    struct thread, ready[cpu->number]);
}

/* What a thread must exceed to be run there. */
static u32 priority_on(const struct cpu *cpu)
{
	if (!cpu->online || cpu->current == kernel.locker)
		return PRIORITIES;
	return cpu->next ? cpu->next->priority : cpu->current->priority;
}

/* The CPU with the least important work below the thread's, or NULL. */
static struct cpu *weakest_cpu(const struct thread *thread)
{
	u32 lowest = thread->priority;
	struct cpu *found = NULL;

	for (unsigned int n = 0; n < num_cpus(); n++) {
		struct cpu *cpu = &kernel.cpus[n];
		u32 priority = priority_on(cpu);

		if (!may_run_on(thread, cpu))
			continue;
		/* its caches are where it ran before */
		if (priority < lowest ||
		    (found && priority == lowest && cpu == thread->cpu)) {
			found = cpu;
			lowest = priority;
		}
	}
	return found;
}

/* Who is displaced before running has more than the next one to be displaced. */
static void place(struct thread *thread, bool front)
{
	while (thread) {
		struct cpu *cpu = weakest_cpu(thread);
		struct thread *displaced;

		if (!cpu) {
			enqueue(thread, front);
			return;
		}
		displaced = cpu->next;
		cpu->next = thread;
		thread->reserved = cpu;
		sched_kick(cpu);
		if (displaced)
			displaced->reserved = NULL;
		thread = displaced;
		front = true;
	}
}

void sched_ready(struct thread *thread)
{
	/* suspended by another CPU and resumed before it noticed */
	if (sched_on_cpu(thread)) {
		thread->state = osThreadRunning;
		return;
	}
	thread->state = osThreadReady;
	place(thread, false);
}

void sched_unready(struct thread *thread)
{
	if (thread->reserved) {
		thread->reserved->next = NULL;
		thread->reserved = NULL;
	} else {
		dequeue(thread);
	}
}

void sched_set_affinity(struct thread *thread, u32 affinity)
{
	bool ready = thread->state == osThreadReady;

	if (ready)
		sched_unready(thread);
	thread->affinity = affinity;
	if (ready)
		place(thread, false);
	else if (thread->state == osThreadRunning &&
		 !may_run_on(thread, thread->cpu))
		sched_kick(thread->cpu);
}

/* Whether the current thread goes on although there is another one. */
static inline bool goes_on(const struct cpu *cpu, const struct thread *best)
{
	const struct thread *now = cpu->current;

	return now->state == osThreadRunning && may_run_on(now, cpu) &&
	       (now == kernel.locker || now->priority > best->priority ||
		(now->priority == best->priority && !cpu->yield));
}

/*
 * Between the current thread, the one that others have chosen (which is in no
 * queue any more when this returns) and the first of the queue.
 */
static inline struct thread *choose(struct cpu *cpu, struct thread *chosen)
{
	struct thread *best = chosen;
	bool queued = false;

	if (chosen) {
		cpu->next = NULL;
		chosen->reserved = NULL;
		queued = cpu->ready_levels >> chosen->priority > 1;
	} else if (cpu->ready_levels) {
		queued = true;
	} else {
		best = &cpu->idle;
	}
	if (queued)
		best = first_ready(cpu);
	if (goes_on(cpu, best))
		return cpu->current;
	if (queued)
		dequeue(best);
	return best;
}

struct context *sched_switch(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *before = cpu->current, *chosen, *next;
	bool yield;

	if (before->watched)
		sched_look_at(cpu, before);
	chosen = cpu->next;
	next = choose(cpu, chosen);
	yield = cpu->yield;
	cpu->yield = false;
	cpu->resched = false;
	cpu->current = next;
	cpu->context = &next->context;
	write_sysreg(tpidr_el0, next);
	if (next != before) {
		/* it is saved: any CPU may go on with it */
		if (before->state == osThreadRunning) {
			before->state = osThreadReady;
			if (before->priority != PRIORITY_IDLE)
				place(before, !yield);
		}
		next->state = osThreadRunning;
		next->cpu = cpu;
	}
	/* not before now, when "current" says what this CPU does */
	if (__builtin_expect(chosen != next, 0) && chosen)
		place(chosen, true);
	/*
	 * Whoever these have displaced elsewhere may have come here; a CPU is
	 * not told by itself while it switches.
	 */
	if (cpu->resched)
		irq_send_sgi(SGI_RESCHEDULE, smp_mpidr(cpu->number));
	if (kernel.accounting || !cpu->programmed)
		time_program(cpu);
	if (next->context.full)
		irqs_off_end();
	lock_release();
	return &next->context;
}

void sched_yield(struct cpu *cpu)
{
	cpu->yield = true;
}

/* It is in no queue while it runs. */
void sched_set_running_priority(struct thread *thread, u8 priority)
{
	thread->priority = priority;
}

bool sched_has_peer(const struct cpu *cpu)
{
	return cpu->ready_levels >> cpu->current->priority & 1;
}

void sched_init_cpu(struct cpu *cpu)
{
	for (unsigned int n = 0; n < PRIORITIES; n++)
		list_init(&cpu->ready[n]);
	cpu->current = &cpu->idle;
	cpu->context = &cpu->idle.context;
}
