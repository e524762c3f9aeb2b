// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * How long things take that a control loop does: printed, with bounds that only
 * a broken system misses. Parameter: rounds=NUMBER (default 1000).
 */

#include <inmate/test.h>

#define PERIOD_NS		500000
#define BOUND_NS		2000000000	/* of the worst, on a busy host */
#define BOUND_MIN_NS		1000000		/* of the best */
#define SGI			1

static unsigned int rounds;
static u64 deadline, period;
static struct test_figure late;
static u64 sgi_seen;

static void print(const char *what, const struct test_figure *figure)
{
	if (!test_figure_print(what, figure))
		return;
	EXPECT(timer_ticks_to_ns(figure->min) < BOUND_MIN_NS);
	EXPECT(timer_ticks_to_ns(figure->max) < BOUND_NS);
}

static void handler(unsigned int irq)
{
	u64 now = timer_get_ticks();

	if (irq == SGI) {
		atomic_set(&sgi_seen, now);
		return;
	}
	test_figure_add(&late, now - deadline);
	/* The next deadline lies ahead, however late this one was. */
	deadline = (now > deadline + period ? now : deadline) + period;
	if (late.count < rounds)
		timer_set_deadline(TIMER_VIRTUAL, deadline);
	else
		timer_stop(TIMER_VIRTUAL);
}

static void deadline_to_handler(void)
{
	deadline = timer_get_ticks() + period;
	timer_set_deadline(TIMER_VIRTUAL, deadline);
	if (EXPECT(WAIT_FOR(atomic_read(&late.count) == rounds, 60000)))
		print("deadline to handler", &late);
}

static void sgi_to_handler(void)
{
	struct test_figure figure = { 0 };

	for (unsigned int n = 0; n < rounds; n++) {
		u64 start;

		atomic_set(&sgi_seen, 0);
		start = timer_get_ticks();
		irq_send_sgi(SGI, cpu_mpidr());
		if (!EXPECT(WAIT_FOR(atomic_read(&sgi_seen), 1000)))
			return;
		test_figure_add(&figure, sgi_seen - start);
	}
	print("SGI to oneself, send to handler", &figure);
}

#define MEASURE(what, call) do {				\
	struct test_figure figure_ = { 0 };			\
								\
	for (unsigned int n_ = 0; n_ < rounds; n_++) {		\
		u64 start_ = timer_get_ticks();			\
								\
		(void)(call);					\
		test_figure_add(&figure_, timer_get_ticks() - start_);	\
	}							\
	print(what, &figure_);					\
} while (0)

static void calls_and_accesses(void)
{
	MEASURE("hypercall", jailhouse_call(JAILHOUSE_HC_HYPERVISOR_GET_INFO));
	MEASURE("PSCI version", psci_call(PSCI_VERSION, 0, 0, 0));
	MEASURE("distributor read", mmio_read32(gic_dist(GICD_ISENABLER + 4)));
	MEASURE("SGIs' and PPIs' read", mmio_read32(gic_private(GICD_ISENABLER)));
}

static const struct test tests[] = {
	TEST(deadline_to_handler),
	TEST(sgi_to_handler),
	TEST(calls_and_accesses),
};

void inmate_main(void)
{
	rounds = (unsigned int)cmdline_parse_int("rounds", 1000);
	if (!rounds)
		rounds = 1;
	period = timer_ns_to_ticks(PERIOD_NS);
	irq_init(handler);
	irq_enable(SGI);
	irq_enable(TIMER_VIRTUAL_IRQ);
	enable_irqs();
	TEST_RUN("latency", tests);
}
