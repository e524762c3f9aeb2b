// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* CPUs that come and go while the hypervisor is there: Linux's own hotplug, and that of cells. No interrupt is lost. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT	10000	/* ms */
#define TICKING	CB_QUIET "period=1000 report=100"

#define EXPECT_ALL_CPUS_WORK()	EXPECT_EQ(0, cb_broken_cpu())

static void set_online(struct __test_metadata *_metadata, int cpu, bool online)
{
	ASSERT_EQ(0, cb_set_online(cpu, online)) TH_LOG("CPU %d %s", cpu, online ? "on" : "off");
	ASSERT_EQ(online, cb_is_online(cpu));
}

static void ticks(struct __test_metadata *_metadata, struct cb_console *con)
{
	cb_console_skip(con);
	EXPECT_NE(NULL, cb_console_wait(con, "Timer fired 100 times", LIMIT));
	EXPECT_STREQ("running", cb_state("timer-demo"));
}

TEST_F(enabled, interrupts_arrive)
{
	EXPECT_ALL_CPUS_WORK();
	ASSERT_DONE(cb_disable());
	EXPECT_ALL_CPUS_WORK();
	ASSERT_DONE(cb_enable(NULL));
	EXPECT_ALL_CPUS_WORK();
}

/* The boot CPU too. */
TEST_F(enabled, each_cpu_off_and_on)
{
	int cpu, round;

	for (round = 0; round < 3; round++) {
		for (cpu = 0; cpu < self->cpus; cpu++) {
			set_online(_metadata, cpu, false);
			set_online(_metadata, cpu, true);
		}
	}
	EXPECT_ALL_CPUS_WORK();
	EXPECT_STREQ("running", cb_state("qemu-arm64"));
	EXPECT_STREQ("", cb_text("cells/0/cpus_failed_list"));
}

TEST_F(enabled, all_but_one_off)
{
	int cpu;

	for (cpu = 0; cpu < self->cpus - 1; cpu++)
		set_online(_metadata, cpu, false);
	EXPECT_ALL_CPUS_WORK();
	for (cpu = 0; cpu < self->cpus - 1; cpu++)
		set_online(_metadata, cpu, true);
	EXPECT_ALL_CPUS_WORK();
}

TEST_F(enabled, with_a_cell)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	set_online(_metadata, 2, false);
	set_online(_metadata, 0, false);
	ticks(_metadata, &self->con);
	EXPECT_ALL_CPUS_WORK();
	set_online(_metadata, 0, true);
	set_online(_metadata, 2, true);
	ticks(_metadata, &self->con);
	EXPECT_ALL_CPUS_WORK();
}

/* Linux cannot take back what a cell has. */
TEST_F(enabled, the_cpu_of_a_cell)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_GT(0, cb_set_online(1, true));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	EXPECT_GT(0, cb_set_online(1, true));
	EXPECT_FALSE(cb_is_online(1));
	EXPECT_TRUE(cb_kernel_said("CPU 1 cannot come online: it belongs to a cell"));
	ticks(_metadata, &self->con);
	ASSERT_DONE(cb_shutdown("timer-demo", 0));
	EXPECT_GT(0, cb_set_online(1, true));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_TRUE(cb_is_online(1));
	EXPECT_ALL_CPUS_WORK();
}

/* A cell gets a CPU that Linux has switched off itself; it is off again afterwards, and can come back. */
TEST_F(enabled, a_cell_on_an_offline_cpu)
{
	set_online(_metadata, 1, false);
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ticks(_metadata, &self->con);
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_FALSE(cb_is_online(1));
	set_online(_metadata, 1, true);
	EXPECT_ALL_CPUS_WORK();
}

/* Any CPU can be a cell's, the boot CPU too; and a cell can have all but one. */
TEST_F(enabled, a_cell_on_each_cpu)
{
	uint64_t cpus = (1ULL << self->cpus) - 1;
	int cpu;

	for (cpu = 0; cpu < self->cpus; cpu++) {
		ASSERT_EQ(1, cb_create_on("timer-demo", 1ULL << cpu)) TH_LOG("%s", cb_error());
		ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
		ticks(_metadata, &self->con);
		ASSERT_DONE(cb_destroy("timer-demo", 0));
	}
	EXPECT_ALL_CPUS_WORK();
	ASSERT_EQ(1, cb_create_on("timer-demo", cpus & ~(1ULL << 2))) TH_LOG("%s", cb_error());
	EXPECT_EQ(1, cb_num_online());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ticks(_metadata, &self->con);
	EXPECT_ALL_CPUS_WORK();
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_ALL_CPUS_WORK();
	EXPECT_REFUSED(EBUSY, "last", cb_create_on("timer-demo", cpus));
	EXPECT_EQ(self->cpus, cb_num_online());
}

/* The hypervisor goes while CPUs are off: they come back to a Linux without it. */
TEST_F(enabled, disabled_with_cpus_off)
{
	set_online(_metadata, 0, false);
	set_online(_metadata, 2, false);
	ASSERT_DONE(cb_disable());
	EXPECT_FALSE(cb_is_online(0));
	EXPECT_ALL_CPUS_WORK();
	set_online(_metadata, 2, true);
	set_online(_metadata, 0, true);
	EXPECT_ALL_CPUS_WORK();
	ASSERT_DONE(cb_enable(NULL));
	EXPECT_ALL_CPUS_WORK();
}

/* The same with a cell on one of them. */
TEST_F(enabled, disabled_with_a_cell_and_a_cpu_off)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	set_online(_metadata, 3, false);
	ASSERT_DONE(cb_disable());
	EXPECT_TRUE(cb_is_online(1));
	EXPECT_FALSE(cb_is_online(3));
	set_online(_metadata, 3, true);
	EXPECT_ALL_CPUS_WORK();
	ASSERT_DONE(cb_enable(NULL));
}

/* Linux's CPUs go on and off all the time while cells come and go. */
TEST_F_TIMEOUT(enabled, at_the_same_time, 90)
{
	int round, status;
	pid_t pid = fork();

	if (!pid) {
		for (;;) {
			cb_set_online(3, false);
			cb_set_online(3, true);
			cb_sleep_ms(5);
		}
	}
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
		ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
		ticks(_metadata, &self->con);
		ASSERT_DONE(cb_destroy("timer-demo", 0));
	}
	ASSERT_LT(0, pid);
	kill(pid, SIGKILL);
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	cb_set_online(3, true);
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_ALL_CPUS_WORK();
}

TEST_HARNESS_MAIN
