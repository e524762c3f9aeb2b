// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* RAM in two banks, one of them at 80 TiB: addresses of 48 bits, for which stage 2 begins a level higher. */

#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=50"

TEST_F_TIMEOUT(enabled, cells, 90)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	/* its RAM is in the far bank */
	ASSERT_EQ(2, cb_create("far-demo")) TH_LOG("%s", cb_error());
	/* with no console, where its words come between those of the other */
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", "con-type=none period=1000"));
	cb_console_skip(&self->con);
	ASSERT_DONE(cb_boot("far-demo", "timer-demo", TICKING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "CPU 0x3", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_EQ(0, cb_broken_cpu());
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	ASSERT_DONE(cb_shutdown("far-demo", 0));
	ASSERT_DONE(cb_destroy("far-demo", 0));
	EXPECT_EQ(0, cb_broken_cpu());
}

/* Root's memory of both banks is really there. */
TEST_F_TIMEOUT(enabled, memory, 90)
{
	EXPECT_LT(2500 * 1024, cb_meminfo("MemTotal:"));
	EXPECT_TRUE(cb_use_memory((size_t)cb_meminfo("MemFree:") * 1024 / 10 * 8));
}

TEST_HARNESS_MAIN
