/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_LOCK_H
#define RTOS_LOCK_H

/*
 * The kernel's lock, and what may not be called where. Part of kernel.h: these
 * are inline, as every call of the API begins and ends with them.
 */

#include "kernel.h"

#define KERNEL_STACK_NEED	768	/* of a thread, by any call */

static inline bool on_handler_stack(void)
{
	return read_sysreg(spsel) != 0;
}

/* An overflow must hit the thread before it holds the lock. */
static inline void probe_stack(void)
{
	u64 address;

	asm volatile("sub %0, sp, %1\n\tldr wzr, [%0]"
		     : "=&r" (address) : "i" (KERNEL_STACK_NEED));
}

/* ==== Time with interrupts masked: measure.c ==== */

void irqs_off_begin_measured(const char *place);
void irqs_off_end_measured(void);

static inline void irqs_off_begin(const char *place)
{
	if (SMP && this_cpu()->measures)
		irqs_off_begin_measured(place);
}

static inline void irqs_off_end(void)
{
	if (SMP && this_cpu()->measures)
		irqs_off_end_measured();
}

/* ==== The lock: lock.c ==== */

u64 kernel_lock_smp(const char *place);
void kernel_unlock_smp(u64 flags);
void kernel_unlock_slow(u64 flags);
void lock_wait(void);

#define TICKET			0x10000		/* of lock.next */

/*
 * The bare lock, interrupts masked by the caller: false if another CPU has it, or
 * wants it at the same moment. One CPU needs none.
 */
static inline bool lock_try(void)
{
	u32 word, busy;

	if (!SMP)
		return true;
	asm volatile("ldaxr	%w0, %2\n\t"
		     "eor	%w1, %w0, %w0, ror #16\n\t"
		     "cbnz	%w1, 1f\n\t"
		     "add	%w0, %w0, %3\n\t"
		     "stxr	%w1, %w0, %2\n"
		     "1:"
		     : "=&r" (word), "=&r" (busy), "+Q" (kernel.lock.word)
		     : "I" (TICKET) : "memory");
	return !busy;
}

static inline void lock_acquire(void)
{
	if (!lock_try())
		lock_wait();
}

static inline void lock_release(void)
{
	if (SMP)
		atomic_set(&kernel.lock.serving, (u16)(kernel.lock.serving + 1));
}

/* Masks interrupts and takes the lock; returns what to give kernel_unlock(). */
#define kernel_lock()		kernel_lock_at(__func__)
static inline u64 kernel_lock_at(const char *place)
{
	probe_stack();
	return SMP ? kernel_lock_smp(place) : irqs_save();
}

/* Switches to another thread first if there is a better one. */
static inline void kernel_unlock(u64 flags)
{
	if (SMP)
		kernel_unlock_smp(flags);
	else if (this_cpu()->resched)
		kernel_unlock_slow(flags);
	else
		irqs_restore(flags);
}

/* ==== Where a call is made ==== */

/* True where the API says "ISR": in a handler, or a thread masks interrupts. */
bool in_isr(void);
/* The same, for a call that is refused there; a handler's is reported. */
bool refused_apart(const char *call);
/* The same, quicker. */
static inline bool refused_in_isr_at(const char *call)
{
	if (!on_handler_stack() && !(read_sysreg(daif) & PSTATE_I))
		return false;
	return refused_apart(call);
}
#define refused_in_isr()	refused_in_isr_at(__func__)

/* Interrupts were masked, in a handler or not, when irqs_save() gave this. */
static inline bool masked_before(u64 flags)
{
	return on_handler_stack() || (flags & PSTATE_I);
}

#endif
