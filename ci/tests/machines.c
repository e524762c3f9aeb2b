// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What must work on every machine that is not the reference: the list file says on which ones this runs. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=50"
#define HV_PAGES	1024	/* 4 MiB */

TEST_F_TIMEOUT(enabled, all_cpus_are_root_s, 90)
{
	char list[16];

	snprintf(list, sizeof(list), "0-%d", cb_num_cpus() - 1);
	EXPECT_EQ(cb_num_cpus(), cb_num_online());
	EXPECT_STREQ(list, cb_text("cells/0/cpus_assigned_list"));
	EXPECT_GT(HV_PAGES, cb_number("mem_pool_size"));
	EXPECT_GT(cb_number("mem_pool_size"), self->used);
	EXPECT_EQ(0, cb_broken_cpu());
}

TEST_F_TIMEOUT(enabled, cells, 90)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_EQ(2, cb_create("smp-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", CB_QUIET "rounds=100 period=100"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
	ASSERT_DONE(cb_shutdown("smp-demo", 0));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	ASSERT_DONE(cb_destroy("smp-demo", 0));
	EXPECT_EQ(0, cb_broken_cpu());
}

/* The last CPU, and all but the first one. */
TEST_F_TIMEOUT(enabled, cell_of_the_last_cpus, 90)
{
	uint64_t all = ~0ULL >> (64 - self->cpus), last = 1ULL << (self->cpus - 1);

	ASSERT_EQ(1, cb_create_on("timer-demo", last)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	ASSERT_EQ(1, cb_create_on("timer-demo", all & ~1ULL)) TH_LOG("%s", cb_error());
	EXPECT_EQ(1, cb_num_online());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_EQ(0, cb_broken_cpu());
}

TEST_F_TIMEOUT(enabled, cpus_off_and_on, 300)
{
	int last = self->cpus - 1;

	ASSERT_EQ(0, cb_set_online(last, false));
	ASSERT_EQ(0, cb_set_online(1, false));
	ASSERT_DONE(cb_disable());
	ASSERT_EQ(0, cb_set_online(last, true));
	ASSERT_EQ(0, cb_set_online(1, true));
	EXPECT_EQ(0, cb_broken_cpu());
	ASSERT_DONE(cb_enable(NULL));
	EXPECT_EQ(0, cb_broken_cpu());
}

/* Most of what Linux has free is really there: a page of each kind is written, and read again. */
TEST_F_TIMEOUT(enabled, memory, 120)
{
	EXPECT_TRUE(cb_use_memory((size_t)cb_meminfo("MemFree:") * 1024 / 10 * 8));
}

TEST_HARNESS_MAIN
