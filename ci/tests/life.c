// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* The life of cells: create, load, start, shut down, start again, destroy, one by one and two at once. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define TIMER_CPU	1
#define UART_CPU	2
#define SMP_CPUS	"2-3"

#define LIMIT		20000	/* ms, for what takes far less */
/* Ten lines a second */
#define TICKING		CB_QUIET "period=1000 report=100"
#define TALKING		CB_QUIET "period=100"
#define PLAYING		CB_QUIET "rounds=100 period=100"

/* How often a text is in another one. */
static unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}

TEST_F(enabled, a_whole_life)
{
	long memory = cb_meminfo("MemTotal:");

	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_STREQ("shut down", cb_state("timer-demo"));
	EXPECT_FALSE(cb_is_online(TIMER_CPU));
	EXPECT_EQ(self->cpus - 1, cb_num_online());
	EXPECT_EQ(memory - 16384, cb_meminfo("MemTotal:"));
	EXPECT_LT(self->used, cb_number("mem_pool_used"));

	ASSERT_DONE(cb_load("timer-demo", "timer-demo", TICKING));
	EXPECT_STREQ("shut down", cb_state("timer-demo"));
	ASSERT_DONE(cb_start("timer-demo"));
	EXPECT_STREQ("running", cb_state("timer-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "   1: Timer fired 100 times", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "   2: Timer fired 100 times", LIMIT));

	ASSERT_DONE(cb_shutdown("timer-demo", 0));
	EXPECT_STREQ("shut down", cb_state("timer-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "asked to stop, goodbye", LIMIT));
	EXPECT_FALSE(cb_is_online(TIMER_CPU));

	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_EQ(-ENOENT, cb_cell_id("timer-demo"));
	EXPECT_TRUE(cb_is_online(TIMER_CPU));
	EXPECT_EQ(memory, cb_meminfo("MemTotal:"));
}

/* The second run begins anew, with other parameters, and nothing of the first is heard any more. */
TEST_F(enabled, started_again)
{
	ASSERT_EQ(1, cb_create("uart-demo"));
	ASSERT_DONE(cb_boot("uart-demo", "uart-demo", TALKING " text=first"));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "uart-demo: first 3", LIMIT));
	ASSERT_DONE(cb_shutdown("uart-demo", 0));
	cb_console_skip(&self->con);

	ASSERT_DONE(cb_boot("uart-demo", "uart-demo", TALKING " text=second"));
	EXPECT_STREQ("running", cb_state("uart-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "uart-demo: second 1", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "uart-demo: second 2", LIMIT));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "first"));
	EXPECT_DONE(cb_destroy("uart-demo", 0));
}

/* Without a shutdown before: loading asks the cell to stop, and another program can take its place. */
TEST_F(enabled, loaded_while_it_runs)
{
	ASSERT_EQ(1, cb_create("uart-demo"));
	ASSERT_DONE(cb_boot("uart-demo", "uart-demo", TALKING));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "uart-demo: Hello 1", LIMIT));
	ASSERT_DONE(cb_load("uart-demo", "timer-demo", TICKING));
	EXPECT_STREQ("shut down", cb_state("uart-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "uart-demo: asked to stop, goodbye", LIMIT));
	ASSERT_DONE(cb_start("uart-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "timer-demo:    1: Timer fired", LIMIT));
}

/* Ten starts in a row of one cell: each run greets once. */
TEST_F(enabled, many_starts)
{
	unsigned int i;

	ASSERT_EQ(1, cb_create("timer-demo"));
	for (i = 0; i < 10; i++) {
		ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
		ASSERT_NE(NULL, cb_console_wait(&self->con, "an interrupt every 1000 us", LIMIT));
		ASSERT_DONE(cb_shutdown("timer-demo", 0));
	}
	EXPECT_EQ(10, occurrences(cb_console_all(&self->con), "an interrupt every 1000 us"));
	EXPECT_EQ(10, occurrences(cb_console_all(&self->con), "goodbye"));
}

/* A program that returns ends its cell, which can be started again, and destroyed, like any other. */
TEST_F(enabled, ends_by_itself)
{
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING " count=2"));
	EXPECT_TRUE(cb_wait_state("timer-demo", "shut down", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "timer-demo: done", LIMIT));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_STREQ("running", cb_state("timer-demo"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "   1: Timer fired", LIMIT));
	EXPECT_DONE(cb_destroy("timer-demo", 0));
}

/* Whoever says "shut down" of itself can be started, as one that was shut down. */
TEST_F(enabled, started_after_its_end)
{
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING " count=1"));
	EXPECT_TRUE(cb_wait_state("timer-demo", "shut down", LIMIT));
	ASSERT_DONE(cb_start("timer-demo"));
	EXPECT_TRUE(cb_wait_state("timer-demo", "shut down", LIMIT));
	EXPECT_DONE(cb_destroy("timer-demo", 0));
}

TEST_F(enabled, physical_timer)
{
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING " physical"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "physical timer", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "   3: Timer fired", LIMIT));
}

TEST_F(enabled, two_cpus_in_a_cell)
{
	char text[64];
	int id;

	id = cb_create("smp-demo");
	ASSERT_EQ(1, id);
	EXPECT_STREQ(SMP_CPUS, cb_text("cells/%d/cpus_assigned_list", id));
	EXPECT_EQ(self->cpus - 2, cb_num_online());
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", PLAYING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "smp-demo: CPU 1 (MPIDR 0x3) is up", LIMIT));
	snprintf(text, sizeof(text), "%4u: 100 round trips", 3);
	EXPECT_NE(NULL, cb_console_wait(&self->con, text, LIMIT));
	ASSERT_DONE(cb_shutdown("smp-demo", 0));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "smp-demo: CPU 1 goes off", LIMIT));
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", PLAYING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, text, LIMIT));
	ASSERT_DONE(cb_destroy("smp-demo", 0));
	EXPECT_EQ(self->cpus, cb_num_online());
}

/* Each goes on whatever happens to the other one. */
TEST_F(enabled, two_cells)
{
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_EQ(2, cb_create("smp-demo"));
	EXPECT_EQ(self->cpus - 3, cb_num_online());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", PLAYING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));

	ASSERT_DONE(cb_shutdown("timer-demo", 0));
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
	EXPECT_STREQ("running", cb_state("smp-demo"));
	cb_console_skip(&self->con);
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	/* in one of its lines: characters of two cells that print at once mix */
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));

	ASSERT_DONE(cb_destroy("smp-demo", 0));
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_STREQ("running", cb_state("timer-demo"));
	EXPECT_EQ(self->cpus - 1, cb_num_online());
}

/* The ids and memory of cells that are gone are used again. */
TEST_F(enabled, created_in_another_order)
{
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_EQ(2, cb_create("uart-demo"));
	ASSERT_DONE(cb_boot("uart-demo", "uart-demo", TALKING));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_DONE(cb_destroy("uart-demo", 0));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	ASSERT_EQ(2, cb_create("uart-demo"));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_FALSE(cb_is_online(UART_CPU));
}

/* Disabling asks each cell, destroys it, and gives everything back. */
TEST_F(enabled, disabled_with_cells)
{
	long memory = cb_meminfo("MemTotal:");

	ASSERT_EQ(1, cb_create("timer-demo"));
	ASSERT_EQ(2, cb_create("smp-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	/* with no console, where its words come between those of the other */
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", "con-type=none con-virtual=0 rounds=100 period=100"));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	ASSERT_DONE(cb_disable());
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_LT(memory, cb_meminfo("MemTotal:"));
	EXPECT_FALSE(cb_exists("cells/1"));
	EXPECT_NE(NULL, strstr(cb_console_all(&self->con), "timer-demo: asked to stop, goodbye"));
	ASSERT_DONE(cb_enable(NULL));
}

TEST_F(enabled, rmmod_is_refused)
{
	cb_console_close(&self->con);
	EXPECT_NE(0, cb_rmmod());
	EXPECT_EQ(1, cb_number("enabled"));
	ASSERT_EQ(1, cb_create("timer-demo"));
	EXPECT_NE(0, cb_rmmod());
	EXPECT_STREQ("shut down", cb_state("timer-demo"));
	ASSERT_EQ(0, cb_console_open(&self->con));
}

/* With the command, as a user does it. */
TEST_F(enabled, by_command)
{
	char out[2048];

	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell create " CB_CONFIGS "qemu-arm64-timer-demo.cell"))
		TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell load timer-demo " CB_INMATES "timer-demo.bin -s '"
			    TICKING "' -a 0x1000")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell start 1")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "timer-demo")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "running")) TH_LOG("%s", out);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse console")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "Timer fired")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell shutdown --name timer-demo")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "shut down")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell destroy timer-demo")) TH_LOG("%s", out);
	EXPECT_EQ(-ENOENT, cb_cell_id("timer-demo"));
}

TEST_HARNESS_MAIN
