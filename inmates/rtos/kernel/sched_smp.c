// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * More than one CPU. A ready thread is in the queue of its priority on every CPU that it may
 * run on, so that each CPU finds its next thread in one step. A thread that
 * becomes ready is compared with what those CPUs do: the one that does the
 * least important work, if that is less important, gets it as its "next" and is
 * told. All of it costs steps per CPU, none per thread, and one step for a thread
 * that may run on the one CPU only.
 */

#include "kernel.h"

static inline bool may_run_on(const struct thread *thread, const struct cpu *cpu)
{
	return thread->affinity >> cpu->number & 1;
}

static void tell(struct cpu *cpu)
{
	if (cpu->resched)
		return;
	cpu->resched = true;
	if (cpu != this_cpu())
		irq_send_sgi(SGI_RESCHEDULE, smp_mpidr(cpu->number));
}

void sched_kick(struct cpu *cpu)
{
	if (cpu->online)
		tell(cpu);
}

/* ==== Queues ==== */

static inline struct list *queue_of(struct cpu *cpu, const struct thread *thread)
{
	return &cpu->ready[thread->priority];
}

static inline struct list *entry_of(const struct cpu *cpu, struct thread *thread)
{
	return (struct list *)(void *)((char *)thread + cpu->entry);
}

static inline void enqueue_on(struct cpu *cpu, struct thread *thread, bool front)
{
	struct list *queue = queue_of(cpu, thread);

	list_add(front ? queue : queue->prev, entry_of(cpu, thread));
	cpu->ready_levels |= 1ULL << thread->priority;
}

/* The first thread of an equal priority starts the clock of turns. */
static void peer_came(struct cpu *cpu, const struct thread *thread)
{
	if (!kernel.accounting->slice_ticks || !cpu->online ||
	    cpu->current->priority != thread->priority)
		return;
	if (cpu == this_cpu())
		time_program(cpu);
	else
		sched_kick(cpu);
}

static inline void enqueue_peer(struct cpu *cpu, struct thread *thread, bool front)
{
	bool first = kernel.accounting && list_empty(queue_of(cpu, thread));

	enqueue_on(cpu, thread, front);
	if (first)
		peer_came(cpu, thread);
}

static void enqueue(struct thread *thread, bool front)
{
	if (thread->only) {
		enqueue_peer(thread->only, thread, front);
		return;
	}
	for (unsigned int n = 0; n < num_cpus(); n++)
		if (may_run_on(thread, &kernel.cpus[n]))
			enqueue_peer(&kernel.cpus[n], thread, front);
}

static inline void dequeue_from(struct cpu *cpu, struct thread *thread)
{
	struct list *entry = entry_of(cpu, thread);

	/* the last one has the head on both sides */
	if (entry->next == entry->prev)
		cpu->ready_levels &= ~(1ULL << thread->priority);
	list_unlink(entry);
}

static inline void dequeue(struct thread *thread)
{
	if (thread->only) {
		dequeue_from(thread->only, thread);
		return;
	}
	for (unsigned int n = 0; n < num_cpus(); n++)
		if (may_run_on(thread, &kernel.cpus[n]))
			dequeue_from(&kernel.cpus[n], thread);
}

/* If there is one. */
static inline struct thread *first_ready(const struct cpu *cpu)
{
	unsigned int highest = 63 ^ (unsigned int)__builtin_clzll(cpu->ready_levels);

	return (struct thread *)(void *)((char *)cpu->ready[highest].next - cpu->entry);
}

/* ==== Where to ==== */

/* What a thread must exceed to be run there. */
static inline u32 priority_on(const struct cpu *cpu)
{
	if (!cpu->online || cpu->current == kernel.locker)
		return PRIORITIES;
	return cpu->next ? cpu->next->priority : cpu->current->priority;
}

/* The CPU with the least important work below the thread's, or NULL. */
static inline struct cpu *weakest_cpu(const struct thread *thread)
{
	u32 lowest = thread->priority;
	struct cpu *found = NULL;

	if (thread->only)
		return priority_on(thread->only) < lowest ? thread->only : NULL;
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

static inline void reserve(struct cpu *cpu, struct thread *thread)
{
	cpu->next = thread;
	thread->reserved = cpu;
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
		reserve(cpu, thread);
		tell(cpu);
		if (displaced)
			displaced->reserved = NULL;
		thread = displaced;
		front = true;
	}
}

void sched_ready(struct thread *thread)
{
	struct cpu *cpu = this_cpu();

	/* suspended by another CPU and resumed before it noticed */
	if (sched_on_cpu(thread)) {
		thread->state = osThreadRunning;
		return;
	}
	thread->state = osThreadReady;
	/* the usual: it may run here only, and does next */
	if (cpu == thread->only && !cpu->next &&
	    priority_on(cpu) < thread->priority) {
		reserve(cpu, thread);
		cpu->resched = true;
		return;
	}
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

void sched_set_affinity_smp(struct thread *thread, u32 affinity)
{
	bool ready = thread->state == osThreadReady;

	if (ready)
		sched_unready(thread);
	thread->affinity = affinity;
	thread->only = affinity & (affinity - 1) ? NULL :
		       &kernel.cpus[__builtin_ctz(affinity)];
	if (ready)
		place(thread, false);
	else if (thread->state == osThreadRunning &&
		 !may_run_on(thread, thread->cpu))
		sched_kick(thread->cpu);
}

/* ==== Switching ==== */

/* Whether the current thread, which could, goes on although there is another one. */
static inline bool goes_on(const struct cpu *cpu, const struct thread *now,
			   const struct thread *best, bool yield)
{
	return may_run_on(now, cpu) &&
	       (now == kernel.locker || now->priority > best->priority ||
		(now->priority == best->priority && !yield));
}

/*
 * The one that others have chosen, which is reserved no more, or the first of the
 * queue; the current thread if there is none, as it is the idle thread then.
 */
static inline struct thread *best_of(struct cpu *cpu, struct thread *chosen)
{
	if (chosen) {
		cpu->next = NULL;
		chosen->reserved = NULL;
		if (cpu->ready_levels >> chosen->priority <= 1)
			return chosen;
	}
	return cpu->ready_levels ? first_ready(cpu) : cpu->current;
}

/*
 * What is rare at the end of a switch, apart from the rest, which so saves no
 * registers.
 */
static struct context *__attribute__((noinline)) attend(struct cpu *cpu)
{
	/*
	 * Whoever was displaced elsewhere may have come here; a CPU is not told by
	 * itself while it switches.
	 */
	if (cpu->resched)
		irq_send_sgi(SGI_RESCHEDULE, smp_mpidr(cpu->number));
	if (cpu->accounts)
		time_program(cpu);
	irqs_off_end();
	lock_release();
	return cpu->context;
}

static inline struct context *end_switch(struct cpu *cpu)
{
	struct context *context = cpu->context;

	if (cpu->rest)
		return attend(cpu);
	lock_release();
	return context;
}

/* Two that do not go on here, or NULL, go to where they may. */
static struct context *__attribute__((noinline))
place_both(struct cpu *cpu, struct thread *before, bool front,
	   struct thread *chosen)
{
	place(before, front);
	place(chosen, true);
	return end_switch(cpu);
}

static inline void go_on_with(struct cpu *cpu, struct thread *next)
{
	cpu->current = next;
	cpu->context = &next->context;
	write_sysreg(tpidr_el0, next);
	next->state = osThreadRunning;
	next->cpu = cpu;
}

static inline struct context *__attribute__((always_inline))
switch_from(struct cpu *cpu, struct thread *before)
{
	struct thread *chosen = cpu->next, *elsewhere = NULL;
	struct thread *next = best_of(cpu, chosen);
	bool yield = cpu->yield;

	cpu->resched = false;
	cpu->yield = false;
	/* it is saved: any CPU may go on with it */
	if (before->state == osThreadRunning) {
		if (goes_on(cpu, before, next, yield))
			return place_both(cpu, NULL, true, chosen);
		before->state = osThreadReady;
		if (before->only == cpu)
			enqueue_on(cpu, before, !yield);
		else
			elsewhere = before;
	}
	if (next == chosen)
		chosen = NULL;
	else
		dequeue(next);
	go_on_with(cpu, next);
	/* not before now, when "current" says what this CPU does */
	if (elsewhere || chosen)
		return place_both(cpu, elsewhere, !yield, chosen);
	return end_switch(cpu);
}

static struct context *__attribute__((noinline))
switch_from_watched(struct cpu *cpu, struct thread *before)
{
	sched_look_at(cpu, before);
	return switch_from(cpu, before);
}

struct context *sched_switch(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *before = cpu->current;

	if (before->watched)
		return switch_from_watched(cpu, before);
	return switch_from(cpu, before);
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
	cpu->entry = offsetof(struct thread, ready) + cpu->number * sizeof(struct list);
	cpu->current = &cpu->idle;
	cpu->context = &cpu->idle.context;
}
