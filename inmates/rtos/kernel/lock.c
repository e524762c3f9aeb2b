// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

struct kernel kernel;

/* First come, first served: a CPU waits for one section of each other CPU. */
void lock_wait(void)
{
	u32 word = __atomic_fetch_add(&kernel.lock.word, TICKET, __ATOMIC_RELAXED);

	while (atomic_read(&kernel.lock.serving) != word / TICKET)
		cpu_relax();
}

/*
 * Another CPU has suspended or ended the thread, and its signal is on the way.
 * One that had interrupts masked (flags) may hold a lock: it goes on until the
 * signal comes.
 */
static bool is_stopped(u64 flags)
{
	const struct thread *thread = this_thread();

	if (kernel.state != osKernelRunning || on_handler_stack() ||
	    (flags & PSTATE_I))
		return false;
	return thread->state != osThreadRunning || thread->kill;
}

/*
 * Locked, and so it returns, perhaps on another CPU. Only a CPU that is to look at
 * its queues has a thread that is stopped.
 */
static u64 __attribute__((noinline)) give_attention(const char *place, u64 flags)
{
	irqs_off_begin(place);
	while (is_stopped(flags)) {
		context_switch();
		irqs_off_begin(place);
		lock_acquire();
	}
	return flags;
}

static u64 __attribute__((noinline)) lock_contended(const char *place, u64 flags)
{
	irqs_off_begin(place);
	lock_wait();
	return give_attention(place, flags);
}

/* Apart from what is rare, so that nothing is saved. */
u64 kernel_lock_smp(const char *place)
{
	u64 flags = irqs_save();

	if (!lock_try())
		return lock_contended(place, flags);
	if (this_cpu()->attention)
		return give_attention(place, flags);
	return flags;
}

void kernel_unlock_smp(u64 flags)
{
	if (this_cpu()->attention) {
		kernel_unlock_slow(flags);
	} else {
		lock_release();
		irqs_restore(flags);
	}
}

/* Whether there is a better thread, and the caller can be switched from. */
static inline bool gives_way(void)
{
	if (SMP && !this_cpu()->resched)
		return false;
	return !on_handler_stack() && this_cpu()->current != kernel.locker;
}

/* Only if there is a better thread or, with other CPUs, time that is measured. */
void kernel_unlock_slow(u64 flags)
{
	bool better = gives_way();

	if (better && !(flags & PSTATE_I)) {
		context_switch();
	} else {
		/* comes when the thread unmasks interrupts */
		if (better)
			irq_send_sgi(SGI_RESCHEDULE, cpu_mpidr());
		lock_release();
		irqs_off_end();
	}
	irqs_restore(flags);
}

bool FOR_SIZE in_isr(void)
{
	if (atomic_read(&kernel.state) != osKernelRunning)
		return false;
	return on_handler_stack() || (read_sysreg(daif) & PSTATE_I);
}

bool FOR_SIZE refused_apart(const char *call)
{
	if (!in_isr())
		return false;
	if (on_handler_stack())
		irq_report_misuse(call);
	return true;
}

bool rtos_in_isr(void)
{
	return kernel.state == osKernelRunning && on_handler_stack();
}

unsigned int rtos_cpu(void)
{
	return cpu_id();
}

unsigned int rtos_num_cpus(void)
{
	return num_cpus();
}
