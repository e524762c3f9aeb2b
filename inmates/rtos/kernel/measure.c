// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A CPU's time with interrupts masked, from the first instruction of C to the
 * last; what assembly adds to it is constant.
 */

#include "kernel.h"

const bool rtos_measures = SMP;

void irqs_off_begin_measured(const char *place)
{
	struct cpu *cpu = this_cpu();

	if (cpu->off_place)
		return;
	cpu->off_place = place;
	cpu->off_since = timer_get_ticks();
}

void irqs_off_end_measured(void)
{
	struct cpu *cpu = this_cpu();
	u64 time;

	if (!cpu->off_place)
		return;
	time = timer_get_ticks() - cpu->off_since;
	if (time > cpu->off_longest.ticks) {
		cpu->off_longest.ticks = time;
		cpu->off_longest.place = cpu->off_place;
	}
	cpu->off_place = NULL;
}

struct rtos_irqs_off rtos_irqs_off(unsigned int number)
{
	struct rtos_irqs_off none = { 0 };

	return number < num_cpus() ? kernel.cpus[number].off_longest : none;
}

void rtos_irqs_off_reset(void)
{
	for (unsigned int n = 0; n < num_cpus(); n++)
		kernel.cpus[n].off_longest = (struct rtos_irqs_off){ 0 };
}

void rtos_irqs_off_report(void)
{
	for (unsigned int n = 0; n < num_cpus(); n++) {
		struct rtos_irqs_off longest = rtos_irqs_off(n);

		printk("CPU %u: interrupts masked for at most %llu ns, in %s\n", n,
		       timer_ticks_to_ns(longest.ticks),
		       longest.place ? longest.place : "nothing");
	}
}
