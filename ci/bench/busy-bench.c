// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Busy for so many per cent (busy=) of each half second of the counter, else asleep. */

#include <inmate.h>

static void on_irq(unsigned int irq)
{
	(void)irq;
	timer_stop(TIMER_VIRTUAL);
}

static void sleep_until(u64 ticks)
{
	disable_irqs();
	timer_set_deadline(TIMER_VIRTUAL, ticks);
	while (timer_get_ticks() < ticks) {
		wait_for_interrupt();
		enable_irqs();
		isb();
		disable_irqs();
	}
}

/* The emulator takes long for a look at the counter. */
static void work(void)
{
	for (volatile unsigned int n = 0; n < 1000; n++)
		continue;
}

void inmate_main(void)
{
	u64 period = timer_get_frequency() / 2, begin = timer_get_ticks();
	u64 busy = period * (u64)cmdline_parse_int("busy", 100) / 100;

	irq_init(on_irq);
	irq_enable(TIMER_VIRTUAL_IRQ);
	for (;; begin += period) {
		while (timer_get_ticks() < begin + busy)
			work();
		if (busy < period)
			sleep_until(begin + period);
	}
}
