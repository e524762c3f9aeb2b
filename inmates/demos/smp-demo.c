// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Two CPUs play ping-pong with software-generated interrupts (SGIs) and measure
 * the round trip.
 *
 * Parameters:
 *	rounds=NUMBER		round trips per line of output (default 10000)
 *	period=MILLISECONDS	between two lines (default 1000)
 *	count=LINES		then end (default 0: go on until asked to stop)
 */

#include <inmate.h>

CMDLINE_BUFFER(256);

#define SGI_PING	1
#define SGI_PONG	2
#define SGI_STOP	3

#define START_TIMEOUT_MS	1000
#define ROUND_TIMEOUT_MS	1000

static u64 mpidr[2];
static unsigned int answers;
static bool partner_up;
static bool stopping;

static void sgi_handler(unsigned int irq)
{
	if (irq == SGI_PING)
		irq_send_sgi(SGI_PONG, mpidr[0]);
	else if (irq == SGI_PONG)
		atomic_add(&answers, 1);
	else if (irq == SGI_STOP)
		atomic_set(&stopping, true);
}

static void init_sgis(void)
{
	irq_init(sgi_handler);
	irq_enable(SGI_PING);
	irq_enable(SGI_PONG);
	irq_enable(SGI_STOP);
}

static void partner_main(void)
{
	init_sgis();
	printk("smp-demo: CPU %u (MPIDR 0x%llx) is up\n", cpu_id(), cpu_mpidr());
	atomic_set(&partner_up, true);

	disable_irqs();
	while (!atomic_read(&stopping)) {
		wait_for_interrupt();
		/* a pending interrupt is taken here */
		enable_irqs();
		isb();
		disable_irqs();
	}
	printk("smp-demo: CPU %u goes off\n", cpu_id());
}

/* Returns the time of a round trip, 0 if the answer did not come. */
static u64 play_round(void)
{
	u64 start = timer_get_ticks();
	u64 limit = timer_ns_to_ticks(ROUND_TIMEOUT_MS * 1000000ULL);
	unsigned int before = atomic_read(&answers);
	u64 now;

	irq_send_sgi(SGI_PING, mpidr[1]);
	do {
		cpu_relax();
		now = timer_get_ticks();
		if (now - start > limit)
			return 0;
	} while (atomic_read(&answers) == before);
	return now - start;
}

static void play(unsigned int line, unsigned int rounds)
{
	u64 min = ~0ULL, max = 0, sum = 0;

	for (unsigned int n = 0; n < rounds; n++) {
		u64 time = play_round();

		if (!time)
			panic("no answer to SGI %u of line %u", n + 1, line);
		min = time < min ? time : min;
		max = time > max ? time : max;
		sum += time;
	}
	printk("smp-demo: %4u: %u round trips, min %llu ns, average %llu ns, max %llu ns\n",
	       line, rounds, timer_ticks_to_ns(min),
	       timer_ticks_to_ns(sum) / rounds, timer_ticks_to_ns(max));
}

static void start_partner(void)
{
	u64 end = timer_get_ticks() +
		  timer_ns_to_ticks(START_TIMEOUT_MS * 1000000ULL);
	int err;

	if (smp_num_cpus() < 2)
		panic("this demo needs a cell with two CPUs");
	mpidr[0] = smp_mpidr(0);
	mpidr[1] = smp_mpidr(1);

	err = smp_start_cpu(1, partner_main);
	if (err)
		panic("CPU_ON failed: PSCI error %d", err);
	while (!atomic_read(&partner_up)) {
		if (timer_get_ticks() > end)
			panic("CPU 1 does not come up");
		cpu_relax();
	}
}

void inmate_main(void)
{
	unsigned int rounds = (unsigned int)cmdline_parse_int("rounds", 10000);
	u64 period_ms = (u64)cmdline_parse_int("period", 1000);
	unsigned int count = (unsigned int)cmdline_parse_int("count", 0);
	unsigned int line = 0;

	if (!rounds)
		panic("rounds=0 makes no sense");
	printk("smp-demo: %u CPUs, this one has MPIDR 0x%llx\n", smp_num_cpus(),
	       cpu_mpidr());
	init_sgis();
	enable_irqs();
	start_partner();

	do {
		play(++line, rounds);
	} while ((!count || line < count) && comm_wait(period_ms));

	irq_send_sgi(SGI_STOP, mpidr[1]);
	if (!smp_wait_off(1, START_TIMEOUT_MS))
		panic("CPU 1 does not go off");
	printk("smp-demo: done\n");
}
