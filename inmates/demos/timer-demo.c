// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A periodic timer interrupt, as a control loop would use it. Measures how long
 * after its deadline the handler runs.
 *
 * Parameters:
 *	period=MICROSECONDS	between two interrupts (default 1000)
 *	report=INTERRUPTS	per line of output (default: one second's worth)
 *	count=LINES		then end (default 0: go on until asked to stop)
 *	physical		use the physical timer, not the virtual one
 *	locked			refuse to be shut down
 */

#include <inmate.h>

CMDLINE_BUFFER(256);

struct latency {
	unsigned int samples;
	u64 min;
	u64 max;
	u64 sum;
};

static enum timer_id timer;
static u64 period;
static u64 deadline;
static unsigned int per_report;

/* Filled by the handler; handed over, with interrupts masked, when complete. */
static struct latency current;
static struct latency complete;
static bool ready;

static void reset(struct latency *latency)
{
	*latency = (struct latency){ .min = ~0ULL };
}

static void timer_handler(unsigned int irq)
{
	u64 late = timer_count(timer) - deadline;

	if (irq != timer_irq(timer))
		return;

	/* A missed period shows as a long latency, and is not made up for. */
	deadline += (late / period + 1) * period;
	timer_set_deadline(timer, deadline);

	if (late < current.min)
		current.min = late;
	if (late > current.max)
		current.max = late;
	current.sum += late;
	if (++current.samples == per_report) {
		complete = current;
		reset(&current);
		ready = true;
	}
}

static void print_report(unsigned int line, const struct latency *latency)
{
	printk("timer-demo: %4u: Timer fired %u times, latency min %llu ns, average %llu ns, max %llu ns\n",
	       line, latency->samples, timer_ticks_to_ns(latency->min),
	       timer_ticks_to_ns(latency->sum) / latency->samples,
	       timer_ticks_to_ns(latency->max));
}

static void run(unsigned int count, bool locked)
{
	struct latency report;
	unsigned int line = 0;
	bool print;

	while (!count || line < count) {
		/* Masked, so that nothing comes between looking and waiting. */
		disable_irqs();
		if (!ready)
			wait_for_interrupt();
		print = ready;
		ready = false;
		report = complete;
		enable_irqs();

		if (print)
			print_report(++line, &report);
		if (comm_poll(!locked)) {
			printk("timer-demo: asked to stop, goodbye\n");
			return;
		}
	}
	printk("timer-demo: done\n");
}

void inmate_main(void)
{
	u64 period_us = (u64)cmdline_parse_int("period", 1000);
	unsigned int count = (unsigned int)cmdline_parse_int("count", 0);
	bool locked = cmdline_parse_bool("locked", false);

	if (!period_us || period_us > 1000000000)
		panic("period=%llu is out of range", period_us);
	per_report = (unsigned int)cmdline_parse_int("report",
						     (s64)(1000000 / period_us));
	if (!per_report)
		per_report = 1;
	timer = cmdline_parse_bool("physical", false) ? TIMER_PHYSICAL :
							TIMER_VIRTUAL;

	printk("timer-demo: %s timer, %llu MHz, an interrupt every %llu us, CPU 0x%llx\n",
	       timer == TIMER_VIRTUAL ? "virtual" : "physical",
	       timer_get_frequency() / 1000000, period_us, cpu_mpidr());

	if (locked)
		comm_set_state(JAILHOUSE_CELL_RUNNING_LOCKED);
	period = timer_ns_to_ticks(period_us * 1000);
	if (!period)
		period = 1;
	reset(&current);
	irq_init(timer_handler);
	irq_enable(timer_irq(timer));
	deadline = timer_count(timer) + period;
	timer_set_deadline(timer, deadline);

	run(count, locked);
	timer_stop(timer);
}
