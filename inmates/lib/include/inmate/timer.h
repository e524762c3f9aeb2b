/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_TIMER_H
#define INMATE_TIMER_H

#include <jailhouse/types.h>

#include <inmate/cpu.h>

/**
 * @file
 * The generic timer (Arm ARM, "The Generic Timer in AArch64 state"). Ticks are
 * those of its counters, timer_get_frequency() of them in a second; all CPUs of
 * the machine have the same.
 */

/** The two EL1 timers, each with its own counter. */
enum timer_id {
	TIMER_VIRTUAL,	/**< CNTV_CTL_EL0 */
	TIMER_PHYSICAL,	/**< CNTP_CTL_EL0 */
};

#define TIMER_VIRTUAL_IRQ	27	/**< PPI */
#define TIMER_PHYSICAL_IRQ	30	/**< PPI */
/** What timer_start() uses. */
#define TIMER_IRQ		TIMER_VIRTUAL_IRQ

#define TIMER_CTL_ENABLE	(1U << 0)	/**< of CNTx_CTL_EL0 */
#define TIMER_CTL_IMASK		(1U << 1)	/**< of CNTx_CTL_EL0 */
#define TIMER_CTL_ISTATUS	(1U << 2)	/**< of CNTx_CTL_EL0 */

/**
 * The time now.
 *
 * @param timer	whose counter
 * @return ticks
 */
static inline u64 timer_count(enum timer_id timer)
{
	/* not to be read ahead of earlier instructions */
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntvct_el0) :
					read_sysreg(cntpct_el0);
}

/**
 * Of both counters.
 *
 * @return Hz
 */
static inline u64 timer_get_frequency(void)
{
	return read_sysreg(cntfrq_el0);
}

/**
 * Raises the timer's PPI on the calling CPU when its counter reaches a value; at
 * once if it has. It stays raised until timer_stop() or a later deadline.
 *
 * @param timer		of the calling CPU
 * @param deadline	ticks
 */
static inline void timer_set_deadline(enum timer_id timer, u64 deadline)
{
	if (timer == TIMER_VIRTUAL) {
		write_sysreg(cntv_cval_el0, deadline);
		write_sysreg(cntv_ctl_el0, TIMER_CTL_ENABLE);
	} else {
		write_sysreg(cntp_cval_el0, deadline);
		write_sysreg(cntp_ctl_el0, TIMER_CTL_ENABLE);
	}
	isb();
}

/**
 * No PPI any more.
 *
 * @param timer	of the calling CPU
 */
static inline void timer_stop(enum timer_id timer)
{
	if (timer == TIMER_VIRTUAL)
		write_sysreg(cntv_ctl_el0, 0);
	else
		write_sysreg(cntp_ctl_el0, 0);
	isb();
}

/**
 * The timer's interrupt.
 *
 * @param timer	either
 * @return INTID
 */
static inline unsigned int timer_irq(enum timer_id timer)
{
	return timer == TIMER_VIRTUAL ? TIMER_VIRTUAL_IRQ : TIMER_PHYSICAL_IRQ;
}

/**
 * Converts, rounding down; no overflow within centuries.
 *
 * @param ticks	of either counter
 * @return nanoseconds
 */
u64 timer_ticks_to_ns(u64 ticks);

/**
 * Converts, rounding down.
 *
 * @param ns	nanoseconds
 * @return ticks
 */
u64 timer_ns_to_ticks(u64 ns);

/**
 * Waits without sleeping, interrupts or not.
 *
 * @param us	microseconds, at least
 */
void delay_us(unsigned long us);

/**
 * The virtual timer's time.
 *
 * @return timer_count() of it
 */
static inline u64 timer_get_ticks(void)
{
	return timer_count(TIMER_VIRTUAL);
}

/**
 * Starts the virtual timer, relative to now.
 *
 * @param ticks	until its PPI
 */
static inline void timer_start(u64 ticks)
{
	timer_set_deadline(TIMER_VIRTUAL, timer_get_ticks() + ticks);
}

#endif /* INMATE_TIMER_H */
