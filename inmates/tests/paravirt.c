// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The paravirtual interface, on a CPU of the cell's own and on one that is shared.
 *
 * Parameter:
 *	shared		it is
 */

#include <inmate/test.h>

#define SGI		3
#define MS		1000000ULL	/* ns */
/* for what would not come otherwise: the CPU may be late, but not so late */
#define LATE		(2000 * MS)
#define PATTERN		0xa5a5000000000000ULL

static struct cellblock_pv_cpu *pv;
static bool shared;

static void check_call(enum smccc_conduit conduit, u32 function, unsigned int results,
		       const u64 *expected)
{
	struct smccc_regs regs;

	for (unsigned int n = 0; n < 31; n++)
		regs.x[n] = PATTERN + n;
	regs.x[0] = function;
	smccc_call_regs(conduit, &regs);
	for (unsigned int n = 0; n < results; n++)
		EXPECT_EQ(regs.x[n], expected[n]);
	for (unsigned int n = results; n < 31; n++)
		EXPECT_EQ(regs.x[n], PATTERN + n);
}

static void check_calls(enum smccc_conduit conduit)
{
	static const u64 uid[] = { 0xd495a6c6, 0xf44ee732, 0x76b67cb2, 0xf20f8d15 };
	static const u64 revision[] = { 1, 0 }, none[] = { 0, 0 };

	check_call(conduit, CELLBLOCK_PV_CALL_UID, 4, uid);
	check_call(conduit, CELLBLOCK_PV_CALL_REVISION, 2, revision);
	if (!shared)
		check_call(conduit, CELLBLOCK_PV_CALL_FEATURES, 2, none);
}

static void is_found_by_both_conduits(void)
{
	check_calls(SMCCC_HVC);
	check_calls(SMCCC_SMC);
}

static void shared_cpus_have_a_part(void)
{
	pv = pv_find();
	EXPECT_EQ(!!pv, shared);
	if (!pv)
		return;
	EXPECT_EQ(pv->policy, CELLBLOCK_PV_BY_PRIORITY);
	EXPECT(pv->share_budget && pv->share_budget < pv->share_period);
	EXPECT_EQ(pv->until, 0);
	EXPECT_EQ(pv->deadline, 0);
}

static bool can_be_tested(void)
{
	if (!pv)
		test_skip("not a shared CPU");
	return pv;
}

/* Interrupts are masked, and taken here: one that waits would end the next sleep. */
static u64 sleep(u64 until, u64 begin)
{
	u64 took;

	pv_sched_yield(pv, until);
	took = timer_ticks_to_ns(timer_get_ticks() - begin);
	EXPECT(took < LATE);
	EXPECT_EQ(pv->until, 0);
	enable_irqs();
	isb();
	disable_irqs();
	return took;
}

static void expect_sleep(u64 until, u64 begin, u64 ns)
{
	EXPECT(sleep(until, begin) >= ns);
}

static u64 after(u64 begin, u64 ns)
{
	/* rounded up */
	return begin + timer_ns_to_ticks(ns) + 1;
}

static void yield_ends_in_time(void)
{
	u64 begin = timer_get_ticks();

	if (!can_be_tested())
		return;
	expect_sleep(after(begin, 3 * MS), begin, 3 * MS);
	/* in the past */
	begin = timer_get_ticks();
	expect_sleep(1, begin, 0);
}

static void yield_ends_with_a_timer(void)
{
	u64 begin = timer_get_ticks();

	if (!can_be_tested())
		return;
	timer_set_deadline(TIMER_VIRTUAL, after(begin, 2 * MS));
	expect_sleep(after(begin, 2 * LATE), begin, 2 * MS);
}

/* A tick that comes before the CPU sleeps ends that at once: once in ten times none does. */
static void ticks_wait_for_the_deadline(void)
{
	struct cellblock_pv_param param = {
		.period = 10000,
		.scheduler = CELLBLOCK_PV_SCHED_FIXED,
		.mode = CELLBLOCK_PV_MODE_IDLE,
	};
	u64 begin, took, longest = 0;

	if (!can_be_tested())
		return;
	for (unsigned int n = 0; n < 10; n++) {
		begin = timer_get_ticks();
		param.deadline = after(begin, 20 * MS);
		pv_sched_pass_param(pv, &param);
		timer_set_deadline(TIMER_VIRTUAL, after(begin, 2 * MS));
		took = sleep(0, begin);
		longest = took > longest ? took : longest;
	}
	EXPECT(longest >= 20 * MS);
	pv_sched_pass_param(pv, &(struct cellblock_pv_param) { 0 });
}

static void interrupts_do_not_wait(void)
{
	u64 begin = timer_get_ticks();

	if (!can_be_tested())
		return;
	pv->deadline = after(begin, 2 * LATE);
	irq_send_sgi(SGI, cpu_mpidr());
	expect_sleep(0, begin, 0);
	pv->deadline = 0;
}

static void time_is_counted(void)
{
	u64 begin = timer_get_ticks(), used;
	u32 switches;

	if (!can_be_tested())
		return;
	sleep(after(begin, 5 * MS), begin);
	used = pv->used;
	switches = pv->switches;
	sleep(after(timer_get_ticks(), 5 * MS), begin);
	EXPECT(pv->switches > switches);
	/* while it slept it has had nothing */
	used = pv->used - used;
	EXPECT(used && timer_ticks_to_ns(timer_get_ticks() - begin - used) >= 10 * MS);
}

/* With what is not so, the cell sleeps too long or not at all: its own time. */
static void nonsense_does_no_harm(void)
{
	u64 begin = timer_get_ticks();

	if (!can_be_tested())
		return;
	pv->scheduler = 0xffff;
	pv->mode = 0xffff;
	pv->policy = 0x7fffffff;
	pv->used = ~0ULL;
	pv->deadline = ~0ULL;
	expect_sleep(after(begin, 5 * MS), begin, 5 * MS);
	EXPECT(pv->used != ~0ULL);
	pv->deadline = 0;
}

static void on_irq(unsigned int irq)
{
	if (irq == TIMER_IRQ)
		timer_stop(TIMER_VIRTUAL);
}

static const struct test tests[] = {
	TEST(is_found_by_both_conduits),
	TEST(shared_cpus_have_a_part),
	TEST(yield_ends_in_time),
	TEST(yield_ends_with_a_timer),
	TEST(ticks_wait_for_the_deadline),
	TEST(interrupts_do_not_wait),
	TEST(time_is_counted),
	TEST(nonsense_does_no_harm),
};

void inmate_main(void)
{
	shared = cmdline_parse_bool("shared", false);
	irq_init(on_irq);
	irq_enable(TIMER_IRQ);
	irq_enable(SGI);
	TEST_RUN("paravirt", tests);
}
