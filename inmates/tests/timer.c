// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* The virtual and the physical timer, which belong to the cell. */

#include <inmate/test.h>

#define ROUNDS			1000
#define PERIOD_NS		200000

static unsigned int fired[2];
static u64 deadline[2];
static u64 period;
static unsigned int wanted;
static unsigned int early;

static void timer_handler(unsigned int irq)
{
	enum timer_id timer = irq == TIMER_VIRTUAL_IRQ ? TIMER_VIRTUAL :
							 TIMER_PHYSICAL;

	if (timer_count(timer) < deadline[timer])
		early++;
	atomic_add(&fired[timer], 1);
	if (fired[timer] < wanted) {
		deadline[timer] += period;
		timer_set_deadline(timer, deadline[timer]);
	} else {
		timer_stop(timer);
	}
}

static void arm(enum timer_id timer, u64 delay_ns)
{
	atomic_set(&fired[timer], 0);
	deadline[timer] = timer_count(timer) + timer_ns_to_ticks(delay_ns);
	timer_set_deadline(timer, deadline[timer]);
}

static void counters_run(void)
{
	u64 virtual = timer_count(TIMER_VIRTUAL);
	u64 physical = timer_count(TIMER_PHYSICAL);

	EXPECT(timer_get_frequency() >= 1000000);
	EXPECT(WAIT_FOR(timer_count(TIMER_VIRTUAL) > virtual, 100));
	EXPECT(timer_count(TIMER_PHYSICAL) > physical);
}

static void fires_once(enum timer_id timer)
{
	wanted = 1;
	arm(timer, 1000000);
	EXPECT(WAIT_FOR(atomic_read(&fired[timer]), 1000));
	delay_us(2000);
	EXPECT_EQ(fired[timer], 1);
	EXPECT_EQ(early, 0);
}

static void virtual_timer_fires_once(void)
{
	fires_once(TIMER_VIRTUAL);
}

static void physical_timer_fires_once(void)
{
	fires_once(TIMER_PHYSICAL);
}

static void fires_without_loss(enum timer_id timer)
{
	wanted = ROUNDS;
	arm(timer, PERIOD_NS);
	EXPECT(WAIT_FOR(atomic_read(&fired[timer]) == ROUNDS, 10000));
	delay_us(2000);
	EXPECT_EQ(fired[timer], ROUNDS);
	EXPECT_EQ(early, 0);
}

static void virtual_timer_fires_1000_times(void)
{
	fires_without_loss(TIMER_VIRTUAL);
}

static void physical_timer_fires_1000_times(void)
{
	fires_without_loss(TIMER_PHYSICAL);
}

static void both_timers_fire_1000_times(void)
{
	wanted = ROUNDS;
	arm(TIMER_VIRTUAL, PERIOD_NS);
	arm(TIMER_PHYSICAL, PERIOD_NS);
	EXPECT(WAIT_FOR(atomic_read(&fired[TIMER_VIRTUAL]) == ROUNDS &&
			atomic_read(&fired[TIMER_PHYSICAL]) == ROUNDS, 20000));
	EXPECT_EQ(early, 0);
}

static void fires_while_waiting(void)
{
	wanted = 100;
	arm(TIMER_VIRTUAL, PERIOD_NS);
	disable_irqs();
	while (fired[TIMER_VIRTUAL] < wanted) {
		wait_for_interrupt();
		enable_irqs();
		isb();
		disable_irqs();
	}
	enable_irqs();
	EXPECT_EQ(fired[TIMER_VIRTUAL], wanted);
}

static void masked_interrupt_comes_later(void)
{
	wanted = 1;
	disable_irqs();
	arm(TIMER_VIRTUAL, 100000);
	delay_us(2000);
	/* QEMU's timers come when its host has the time for them */
	EXPECT(WAIT_FOR(read_sysreg(cntv_ctl_el0) & TIMER_CTL_ISTATUS, 1000));
	EXPECT(WAIT_FOR(mmio_read32(gic_private(GICD_ISPENDR)) &
			1U << TIMER_VIRTUAL_IRQ, 1000));
	EXPECT_EQ(fired[TIMER_VIRTUAL], 0);
	enable_irqs();
	EXPECT(WAIT_FOR(atomic_read(&fired[TIMER_VIRTUAL]), 1000));
	EXPECT_EQ(fired[TIMER_VIRTUAL], 1);
}

static void stopped_timer_does_not_fire(void)
{
	if (cmdline_parse_bool("injected", false)) {
		test_skip("an interrupt that has been taken for the guest comes");
		return;
	}
	wanted = 1;
	disable_irqs();
	arm(TIMER_VIRTUAL, 100000);
	delay_us(2000);
	timer_stop(TIMER_VIRTUAL);
	enable_irqs();
	delay_us(2000);
	EXPECT_EQ(fired[TIMER_VIRTUAL], 0);
}

static void disabled_interrupt_does_not_come(void)
{
	wanted = 1;
	irq_disable(TIMER_VIRTUAL_IRQ);
	arm(TIMER_VIRTUAL, 100000);
	delay_us(2000);
	EXPECT_EQ(fired[TIMER_VIRTUAL], 0);
	irq_enable(TIMER_VIRTUAL_IRQ);
	EXPECT(WAIT_FOR(atomic_read(&fired[TIMER_VIRTUAL]), 1000));
}

static const struct test tests[] = {
	TEST(counters_run),
	TEST(virtual_timer_fires_once),
	TEST(physical_timer_fires_once),
	TEST(virtual_timer_fires_1000_times),
	TEST(physical_timer_fires_1000_times),
	TEST(both_timers_fire_1000_times),
	TEST(fires_while_waiting),
	TEST(masked_interrupt_comes_later),
	TEST(stopped_timer_does_not_fire),
	TEST(disabled_interrupt_does_not_come),
};

void inmate_main(void)
{
	period = timer_ns_to_ticks(PERIOD_NS);
	irq_init(timer_handler);
	irq_enable(TIMER_VIRTUAL_IRQ);
	irq_enable(TIMER_PHYSICAL_IRQ);
	enable_irqs();
	TEST_RUN("timer", tests);
}
