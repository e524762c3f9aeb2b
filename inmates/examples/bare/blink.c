// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* A bare-metal program: an interrupt each second, until the cell is asked to shut down. */

#include <inmate.h>
#include <string.h>

static volatile unsigned int count;

static void handler(unsigned int irq)
{
	timer_start(timer_get_frequency());
	printk("blink: interrupt %u for the %u. time\n", irq, ++count);
}

void inmate_main(void)
{
	static const char greeting[] = "blink: begins";

	printk("%s\n", strchr(greeting, 'b'));
	irq_init(handler);
	irq_enable(TIMER_IRQ);
	timer_start(timer_get_frequency());
	enable_irqs();
	while (!comm_poll(true))
		wait_for_interrupt();
}
