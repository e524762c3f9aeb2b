// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* CPUs whose numbers have a hole: Linux has no CPU 1, the GIC has its redistributor. */

#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=50"

TEST_F(enabled, the_others_are_root_s)
{
	EXPECT_STREQ("0,2-3", cb_text("cells/0/cpus_assigned_list"));
	EXPECT_EQ(4, cb_number("platform/redistributors"));
	EXPECT_REFUSED(EINVAL, "CPU 1", cb_create("timer-demo"));
}

TEST_F_TIMEOUT(enabled, cells, 60)
{
	ASSERT_EQ(1, cb_create_on("timer-demo", 1 << 3)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_STREQ("0,2", cb_text("cells/0/cpus_assigned_list"));
	ASSERT_DONE(cb_destroy("timer-demo", 0));

	/* with SGIs between its CPUs */
	ASSERT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", CB_QUIET "rounds=100 period=100"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
	EXPECT_EQ(1, cb_num_online());
	ASSERT_DONE(cb_destroy("smp-demo", 0));
	EXPECT_EQ(self->cpus, cb_num_online());
}

TEST_F(enabled, cpus_off_and_on)
{
	ASSERT_EQ(0, cb_set_online(2, false));
	ASSERT_EQ(0, cb_set_online(2, true));
	ASSERT_EQ(0, cb_set_online(3, false));
	ASSERT_DONE(cb_disable());
	ASSERT_EQ(0, cb_set_online(3, true));
	ASSERT_DONE(cb_enable(NULL));
}

TEST_HARNESS_MAIN
