// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A firmware with a trusted OS (ci/firmware/secure.c): secure interrupts go to EL3, whatever the CPU does, and none is
 * lost. What they interrupt does not notice.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"
#include "lib/rogue.h"

#define SECURE_SEND	0xb2000001	/* one, to a CPU */
#define SECURE_TAKEN	0xb2000002	/* how many there were, on all CPUs */
#define ROUNDS		20
#define LIMIT		10000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=50"

static long secure_call(uint32_t function, int cpu)
{
	return cb_rogue_smc(0, function, (uint64_t)cpu, 0, 0);
}

/* One that is still pending would be the same as the next: each is waited for. */
static void send_to(struct __test_metadata *_metadata, int cpu)
{
	long before = secure_call(SECURE_TAKEN, 0);
	int i, ms;

	for (i = 1; i <= ROUNDS; i++) {
		ASSERT_EQ(0, secure_call(SECURE_SEND, cpu));
		for (ms = 0; ms < LIMIT && secure_call(SECURE_TAKEN, 0) < before + i; ms++)
			cb_sleep_ms(1);
		ASSERT_EQ(before + i, secure_call(SECURE_TAKEN, 0)) TH_LOG("CPU %d", cpu);
	}
}

static void send_to_all(struct __test_metadata *_metadata)
{
	int cpu;

	for (cpu = 0; cpu < cb_num_cpus(); cpu++)
		send_to(_metadata, cpu);
}

/* With SCR_EL3.FIQ = 1 Group 0 is EL3's, and PMR is seen shifted: of the lowest priority bit nothing is left. */
TEST(group_0_is_el3_s)
{
	EXPECT_EQ(0, cb_rogue_pmr(0, 0x08));
}

/* To CPUs of root's, that run or wait */
TEST_F(enabled, root)
{
	send_to_all(_metadata);
	ASSERT_DONE(cb_disable());
	send_to_all(_metadata);
	ASSERT_DONE(cb_enable(NULL));
}

/* To a CPU that is parked, to cells that sleep between their ticks or wait, and to one with all exceptions masked */
TEST_F(enabled, cells)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	send_to(_metadata, 1);
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ASSERT_EQ(2, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("inmate-test", "stuck", CB_QUIET "how=masked"));
	send_to_all(_metadata);
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_EQ(0, cb_broken_cpu());
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	send_to(_metadata, 1);
}

TEST_HARNESS_MAIN
