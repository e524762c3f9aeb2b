// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A cell that has locked the configuration cannot be got rid of: so this is the last program of its boot. The machine
 * is powered off with the cell running (the list file says what the console has to show then).
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"

#define CELL	"inmate-test"
#define LIMIT	20000	/* ms */
#define LOCKED	"running/locked"

#define EXPECT_REFUSED(error, text, call) do {				\
	EXPECT_EQ(-(error), call);					\
	EXPECT_NE(NULL, strstr(cb_error(), text)) TH_LOG("%s", cb_error()); \
} while (0)

/* One test after the other, on one enabling. */

TEST(first_a_cell_locks_the_configuration)
{
	struct cb_console con;

	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&con));
	ASSERT_EQ(1, cb_create(CELL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_boot(CELL, "comm", CB_QUIET "behave=locked")) TH_LOG("%s", cb_error());
	ASSERT_NE(NULL, cb_console_wait(&con, "comm: behaving: locked", LIMIT));
	EXPECT_STREQ(LOCKED, cb_state(CELL));
	cb_console_close(&con);
}

TEST(then_it_cannot_be_stopped)
{
	char out[1024];

	EXPECT_REFUSED(EPERM, CELL, cb_shutdown(CELL, 0));
	EXPECT_REFUSED(EPERM, CELL, cb_destroy(CELL, 0));
	EXPECT_REFUSED(EPERM, CELL, cb_shutdown(CELL, CB_FORCE));
	EXPECT_REFUSED(EPERM, CELL, cb_destroy(CELL, CB_FORCE));
	EXPECT_REFUSED(EPERM, CELL, cb_disable());
	EXPECT_STREQ(LOCKED, cb_state(CELL));
	EXPECT_EQ(1, cb_number("enabled"));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, LOCKED)) TH_LOG("%s", out);
}

TEST(and_no_other_cell_comes)
{
	int cpus = cb_num_online();
	long memory = cb_meminfo("MemTotal:"), used = cb_number("mem_pool_used");

	EXPECT_REFUSED(EPERM, "locked", cb_create("timer-demo"));
	EXPECT_EQ(cpus, cb_num_online());
	EXPECT_EQ(memory, cb_meminfo("MemTotal:"));
	EXPECT_EQ(used, cb_number("mem_pool_used"));
	EXPECT_EQ(-ENOENT, cb_cell_id("timer-demo"));
	EXPECT_STREQ(LOCKED, cb_state(CELL));
	EXPECT_NE(0, cb_rmmod());
}

/* Linux goes on and off its CPUs meanwhile. */
TEST(while_linux_lives)
{
	ASSERT_EQ(0, cb_set_online(1, false));
	ASSERT_EQ(0, cb_set_online(1, true));
	EXPECT_STREQ(LOCKED, cb_state(CELL));
}

TEST_HARNESS_MAIN
