// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What cells answer when they are asked to stop, and what happens then: inmates/tests/comm.c behaves as it is told. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define CELL		"inmate-test"
#define LIMIT		20000	/* ms */
#define TIMEOUT_US	300000UL

/* Runs the inmate, from the cell's configuration with changes. False: it did not say how it behaves. */
static bool behave(struct cb_console *con, const char *how, unsigned int flags, uint64_t timeout_us)
{
	struct jailhouse_cell_desc *config;
	char params[64], said[64];
	size_t size;
	int id;

	config = cb_read_config(CELL, &size);
	if (!config)
		return false;
	config->flags |= flags;
	config->msg_reply_timeout = timeout_us;
	id = cb_create_raw(config, size);
	free(config);
	snprintf(params, sizeof(params), CB_QUIET "behave=%s", how);
	snprintf(said, sizeof(said), "comm: behaving: %s", how);
	return id >= 0 && !cb_boot(CELL, "comm", params) && cb_console_wait(con, said, LIMIT);
}

/* The ways to ask a cell. */
static int ask_shutdown(void)
{
	return cb_shutdown(CELL, 0);
}

static int ask_destroy(void)
{
	return cb_destroy(CELL, 0);
}

static int ask_load(void)
{
	return cb_load(CELL, "comm", NULL);
}

static int ask_disable(void)
{
	return cb_disable();
}

static int (* const ways[])(void) = { ask_shutdown, ask_destroy, ask_load, ask_disable };

#define for_each_way(ask) \
	for (unsigned int way_ = 0; way_ < 4 && (ask = ways[way_]); way_++)

static void on_alarm(int signo)
{
	(void)signo;
}

/*
 * A signal comes after some milliseconds, and again in case the first one was too early; 0 ends that. (The harness
 * needs its SIGALRM in the parent process only.)
 */
static void alarm_ms(unsigned int ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = {
		.it_value.tv_usec = ms * 1000,
		.it_interval.tv_usec = ms * 1000,
	};

	if (!ms)
		memset(&timer, 0, sizeof(timer));
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

TEST_F(enabled, approves)
{
	ASSERT_TRUE(behave(&self->con, "approve", 0, 0));
	ASSERT_DONE(cb_shutdown(CELL, 0));
	EXPECT_STREQ("shut down", cb_state(CELL));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "comm: stopping", LIMIT));
	EXPECT_DONE(cb_destroy(CELL, 0));
}

/* The caller waits as long as the cell thinks. */
TEST_F(enabled, answers_late)
{
	uint64_t start;

	ASSERT_TRUE(behave(&self->con, "late", 0, 0));
	start = cb_now_ms();
	ASSERT_DONE(cb_shutdown(CELL, 0));
	EXPECT_LE(900, cb_now_ms() - start);
	EXPECT_STREQ("shut down", cb_state(CELL));
}

/* Others can look at the system while one waits for a cell. */
TEST_F(enabled, sysfs_while_a_cell_thinks)
{
	pid_t pid;
	int status;

	ASSERT_TRUE(behave(&self->con, "late", 0, 0));
	pid = fork();
	if (!pid)
		_exit(cb_shutdown(CELL, 0) ? 1 : 0);
	cb_sleep_ms(200);
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_LT(0, cb_counter(CELL, -1, "vmexits_total"));
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_STREQ("shut down", cb_state(CELL));
}

TEST_F(enabled, denies)
{
	int (*ask)(void);

	ASSERT_TRUE(behave(&self->con, "deny", 0, 0));
	for_each_way(ask) {
		EXPECT_REFUSED(EPERM, "denied", ask());
		EXPECT_NE(NULL, strstr(cb_error(), CELL));
		EXPECT_STREQ("running", cb_state(CELL));
		EXPECT_NE(NULL, cb_console_wait(&self->con, "comm: answered", LIMIT));
	}
	EXPECT_EQ(1, cb_number("enabled"));
	EXPECT_EQ(self->cpus - 2, cb_num_online());
	ASSERT_DONE(cb_shutdown(CELL, CB_FORCE));
	EXPECT_STREQ("shut down", cb_state(CELL));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "comm: stopping"));
	EXPECT_DONE(cb_destroy(CELL, 0));
}

TEST_F(enabled, destroyed_by_force)
{
	ASSERT_TRUE(behave(&self->con, "deny", 0, 0));
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_EQ(self->cpus, cb_num_online());
}

/* If one cell denies it, disabling is off, and a cell that has not been asked yet goes on. */
TEST_F(enabled, one_of_two_denies)
{
	ASSERT_TRUE(behave(&self->con, "deny", 0, 0));
	ASSERT_EQ(2, cb_create("timer-demo"));
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", CB_QUIET "report=100"));
	EXPECT_REFUSED(EPERM, CELL, cb_disable());
	EXPECT_EQ(1, cb_number("enabled"));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_STREQ("running", cb_state("timer-demo"));
	cb_console_skip(&self->con);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
}

/* A cell that does not know the message does not stop. */
TEST_F(enabled, does_not_understand)
{
	ASSERT_TRUE(behave(&self->con, "unknown", 0, 0));
	EXPECT_EQ(-EPERM, cb_shutdown(CELL, 0));
	EXPECT_NE('\0', cb_error()[0]);
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_DONE(cb_shutdown(CELL, CB_FORCE));
}

/* The wait of the caller ends with the cell's time, and is as long. */
TEST_F(enabled, mute_until_the_timeout)
{
	int (*ask)(void);
	uint64_t start;

	ASSERT_TRUE(behave(&self->con, "mute", 0, TIMEOUT_US));
	for_each_way(ask) {
		start = cb_now_ms();
		EXPECT_REFUSED(ETIMEDOUT, CELL, ask());
		EXPECT_LE(TIMEOUT_US / 1000 - 5, cb_now_ms() - start);
		EXPECT_GT(LIMIT, cb_now_ms() - start);
		EXPECT_STREQ("running", cb_state(CELL));
	}
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
}

/* Without a time-out only a signal ends the wait. The old state is intact. */
TEST_F(enabled, mute_until_a_signal)
{
	int (*ask)(void);

	ASSERT_TRUE(behave(&self->con, "mute", 0, 0));
	for_each_way(ask) {
		alarm_ms(200);
		EXPECT_REFUSED(EINTR, "withdrawn", ask());
		alarm_ms(0);
		EXPECT_STREQ("running", cb_state(CELL));
		EXPECT_EQ(self->cpus - 2, cb_num_online());
	}
	EXPECT_DONE(cb_shutdown(CELL, CB_FORCE));
}

/* The command says that nobody answers and can be killed. */
TEST_F(enabled, mute_against_the_command)
{
	char out[1024];

	ASSERT_TRUE(behave(&self->con, "mute", 0, 0));
	EXPECT_NE(0, cb_run(out, sizeof(out), "timeout -s INT 0.5 jailhouse cell shutdown " CELL));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell shutdown --force " CELL)) TH_LOG("%s", out);
	EXPECT_STREQ("shut down", cb_state(CELL));
}

/* A cell that still thinks about a request that was withdrawn finds nothing to answer, and goes on. */
TEST_F(enabled, late_after_a_signal)
{
	ASSERT_TRUE(behave(&self->con, "late", 0, 0));
	alarm_ms(200);
	EXPECT_REFUSED(EINTR, "withdrawn", cb_shutdown(CELL, 0));
	alarm_ms(0);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "comm: answered", LIMIT));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_DONE(cb_shutdown(CELL, 0));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "comm: stopping", LIMIT));
	EXPECT_STREQ("shut down", cb_state(CELL));
}

/* A passive cell is never asked, even one that would not answer. */
TEST_F(enabled, passive)
{
	ASSERT_TRUE(behave(&self->con, "deny", JAILHOUSE_CELL_PASSIVE_COMMREG, 0));
	ASSERT_DONE(cb_shutdown(CELL, 0));
	EXPECT_STREQ("shut down", cb_state(CELL));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "comm: answered"));
	ASSERT_DONE(cb_boot(CELL, "comm", CB_QUIET "behave=mute"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "comm: behaving: mute", LIMIT));
	EXPECT_DONE(cb_destroy(CELL, 0));
}

TEST_HARNESS_MAIN
