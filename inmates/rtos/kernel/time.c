// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Time is the virtual counter divided by the counts of a tick. There is no
 * periodic interrupt: each CPU keeps its deadlines in a heap, and its timer is
 * set to the first of them. As no interrupt tells of root's messages, CPU 0 also
 * looks for them now and then.
 */

#include "kernel.h"

#define COMM_CHECKS_PER_SECOND	10

void time_init(void)
{
	kernel.tick_counts = timer_get_frequency() / rtos_config.tick_hz;
	kernel.tick_base = timer_get_ticks();
}

static inline u64 tick_now(bool stands)
{
	if (stands)
		return kernel.frozen_tick;
	return (timer_get_ticks() - kernel.tick_base) / kernel.tick_counts;
}

u64 time_now(void)
{
	return tick_now(atomic_read(&kernel.thaw));
}

static u64 counter_at(u64 tick)
{
	return kernel.tick_base + tick * kernel.tick_counts;
}

static void FOR_SIZE thaw(u32 ticks)
{
	kernel.tick_base = timer_get_ticks() -
			   (kernel.frozen_tick + ticks) * kernel.tick_counts;
	/* who reads the time without the lock sees the new base from here on */
	atomic_set(&kernel.thaw, NULL);
	for (unsigned int n = 0; n < num_cpus(); n++)
		kernel.cpus[n].programmed = 0;
	time_program(this_cpu());
	/* told even if they are going to switch anyway, which does not program it */
	if (SMP)
		irq_send_sgi_others(SGI_RESCHEDULE);
	sched_kick(this_cpu());
}

void time_freeze(void)
{
	kernel.frozen_tick = time_now();
	atomic_set(&kernel.thaw, thaw);
}

static const struct heap_node *first_deadline(const struct cpu *cpu)
{
	return cpu->deadlines.root;
}

u32 time_to_next(void)
{
	u64 now = time_now(), next = now + osWaitForever;

	for (unsigned int n = 0; n < num_cpus(); n++) {
		const struct heap_node *first = first_deadline(&kernel.cpus[n]);

		if (first && first->key < next)
			next = first->key;
	}
	return next > now ? (u32)(next - now) : 0;
}

void deadline_set(struct deadline *deadline, u64 tick)
{
	struct cpu *cpu = this_cpu();

	deadline->cpu = cpu;
	heap_add(&cpu->deadlines, &deadline->node, tick);
	if (counter_at(tick) < cpu->programmed)
		time_program(cpu);
}

void deadline_remove(struct deadline *deadline)
{
	heap_remove(&deadline->cpu->deadlines, &deadline->node);
}

void __attribute__((noinline)) time_program_before(struct cpu *cpu, u64 next)
{
	const struct heap_node *first = first_deadline(cpu);

	if (first && !kernel.thaw && counter_at(first->key) < next)
		next = counter_at(first->key);
	if (next == cpu->programmed)
		return;
	cpu->programmed = next;
	if (next == NEVER)
		timer_stop(TIMER_VIRTUAL);
	else
		timer_set_deadline(TIMER_VIRTUAL, next);
}

/* Apart, as deadline_set() seldom comes to it. */
void __attribute__((noinline)) time_program(struct cpu *cpu)
{
	if (kernel.accounting)
		kernel.accounting->calls->program(cpu);
	else
		time_program_before(cpu, cpu->comm_check);
}

static bool is_due(const struct heap_node *first, u64 now)
{
	return first && first->key <= now;
}

/* The lock is given back between two deadlines. True: there are more. */
static bool expire_one(struct cpu *cpu)
{
	u64 flags = kernel_lock_at("timer interrupt");
	struct heap_node *first = cpu->deadlines.root;
	u64 now = tick_now(kernel.thaw);
	bool more = false;

	if (is_due(first, now)) {
		heap_remove(&cpu->deadlines, first);
		container_of(first, struct deadline, node)->expired(
			container_of(first, struct deadline, node));
		more = is_due(cpu->deadlines.root, now);
	}
	if (!more) {
		if (kernel.accounting)
			kernel.accounting->calls->check(cpu, timer_get_ticks());
		else
			time_program_before(cpu, cpu->comm_check);
	}
	kernel_unlock(flags);
	if (cpu->callback.timer)
		timer_call_back(cpu);
	return more;
}

bool __attribute__((weak)) rtos_shutdown_hook(void)
{
	return true;
}

static void FOR_SIZE check_messages(struct cpu *cpu)
{
	cpu->comm_check = timer_get_ticks() + timer_get_frequency() / COMM_CHECKS_PER_SECOND;
	if (comm_poll(true) && rtos_shutdown_hook())
		kernel_end(JAILHOUSE_CELL_SHUT_DOWN);
}

void time_irq(unsigned int irq, void *argument)
{
	struct cpu *cpu = this_cpu();

	(void)irq;
	(void)argument;
	/* one that came for a deadline sets the timer to this, if it is over too */
	if (cpu->programmed == cpu->comm_check)
		check_messages(cpu);
	while (expire_one(cpu))
		;
}

uint64_t rtos_tick_time(uint32_t tick)
{
	u64 now = time_now();

	return counter_at(now + (u64)(s64)(s32)(tick - (u32)now));
}

uint32_t osKernelGetTickCount(void)
{
	return kernel.tick_counts ? (u32)time_now() : 0;
}

uint32_t osKernelGetTickFreq(void)
{
	return rtos_config.tick_hz;
}

uint32_t osKernelGetSysTimerCount(void)
{
	return (u32)timer_get_ticks();
}

uint32_t osKernelGetSysTimerFreq(void)
{
	return (u32)timer_get_frequency();
}

static osStatus_t delay(u64 flags, u64 ticks)
{
	if (!wait_allowed())
		return call_end(flags, osError);
	wait_for_and_unlock(NULL, (u32)ticks, flags);
	return osOK;
}

osStatus_t osDelay(uint32_t ticks)
{
	if (refused_in_isr())
		return osErrorISR;
	if (!ticks)
		return osErrorParameter;
	return delay(kernel_lock(), ticks);
}

osStatus_t osDelayUntil(uint32_t ticks)
{
	u64 flags;
	u32 left;

	if (refused_in_isr())
		return osErrorISR;
	flags = kernel_lock();
	left = ticks - (u32)time_now();
	if (!left || left > 0x7fffffff)
		return call_end(flags, osErrorParameter);
	return delay(flags, left);
}
