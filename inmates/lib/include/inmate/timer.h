/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_TIMER_H
#define INMATE_TIMER_H

#include <jailhouse/types.h>

#include <inmate/cpu.h>

/* The two EL1 timers, each with its own counter. */
enum timer_id {
	TIMER_VIRTUAL,
	TIMER_PHYSICAL,
};

#define TIMER_VIRTUAL_IRQ	27
#define TIMER_PHYSICAL_IRQ	30
/* what timer_start() uses */
#define TIMER_IRQ		TIMER_VIRTUAL_IRQ

#define TIMER_CTL_ENABLE	(1U << 0)
#define TIMER_CTL_IMASK		(1U << 1)
#define TIMER_CTL_ISTATUS	(1U << 2)

static inline u64 timer_count(enum timer_id timer)
{
	/* not to be read ahead of earlier instructions */
	isb();
	return timer == TIMER_VIRTUAL ? read_sysreg(cntvct_el0) :
					read_sysreg(cntpct_el0);
}

static inline u64 timer_get_frequency(void)
{
	return read_sysreg(cntfrq_el0);
}

/* Raises the timer's PPI when its counter reaches deadline. */
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

static inline void timer_stop(enum timer_id timer)
{
	if (timer == TIMER_VIRTUAL)
		write_sysreg(cntv_ctl_el0, 0);
	else
		write_sysreg(cntp_ctl_el0, 0);
	isb();
}

static inline unsigned int timer_irq(enum timer_id timer)
{
	return timer == TIMER_VIRTUAL ? TIMER_VIRTUAL_IRQ : TIMER_PHYSICAL_IRQ;
}

u64 timer_ticks_to_ns(u64 ticks);
u64 timer_ns_to_ticks(u64 ns);
void delay_us(unsigned long us);

/* The virtual timer, relative to now. */
static inline u64 timer_get_ticks(void)
{
	return timer_count(TIMER_VIRTUAL);
}

static inline void timer_start(u64 ticks)
{
	timer_set_deadline(TIMER_VIRTUAL, timer_get_ticks() + ticks);
}

#endif /* INMATE_TIMER_H */
