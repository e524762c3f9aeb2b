// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Cells that fail: found without anyone asking, told by poll() and uevents, restarted if they are to be. Time limits
 * are generous, as the machine that this runs on may be busy: a timeout of the watchdog that must not pass is 60 s.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define LIMIT		60000	/* ms */
#define SECONDS		200	/* a test */
#define CELL		"inmate-test"
#define OTHER		"timer-demo"	/* a cell with another CPU */
#define QUIET		CB_QUIET

/* A cell with more flags. The first one's id is 1. */
static int create_other(const char *name, unsigned int flags)
{
	struct jailhouse_cell_desc *config;
	size_t size;
	int ret;

	config = cb_read_config(name, &size);
	if (!config)
		return -errno;
	config->flags |= flags;
	ret = cb_create_raw(config, size);
	free(config);
	return ret;
}

static int create(unsigned int flags)
{
	return create_other(CELL, flags);
}

static int boot_other(const char *name, const char *params)
{
	char all[128];

	snprintf(all, sizeof(all), QUIET "%s", params);
	return cb_boot(name, "watchdog", all);
}

static int boot(const char *params)
{
	return boot_other(CELL, params);
}

/* Restarts: a text of failure, and that it has come. */
static bool wait_failure(int id, const char *text)
{
	uint64_t end = cb_now_ms() + LIMIT;

	while (!strstr(cb_text("cells/%d/failure", id), text) && cb_now_ms() < end)
		cb_sleep_ms(10);
	return strstr(cb_text("cells/%d/failure", id), text);
}

static bool wait_restarts(long restarts)
{
	uint64_t end = cb_now_ms() + LIMIT;

	while (cb_number("cells/1/restarts") != restarts && cb_now_ms() < end)
		cb_sleep_ms(10);
	return cb_number("cells/1/restarts") == restarts;
}

/* Events */

static int open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The next event of the cell, its strings separated by spaces; "" if there was none. */
static const char *next_uevent(int fd)
{
	static char text[2048];
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	ssize_t length, i;

	while (poll(&poller, 1, LIMIT) == 1) {
		length = recv(fd, text, sizeof(text) - 1, 0);
		if (length <= 0)
			break;
		for (i = 0; i < length; i++)
			if (!text[i])
				text[i] = ' ';
		text[length] = '\0';
		if (!strncmp(text, "change@/devices/jailhouse/cells/1 ", 34))
			return text;
	}
	return "";
}

#define EXPECT_EVENT(fd, what) do {					\
	const char *_event = next_uevent(fd);				\
									\
	EXPECT_NE(NULL, strstr(_event, what)) TH_LOG("%s", _event);	\
} while (0)

static int open_state(void)
{
	char text[32];
	int fd = open(CB_SYSFS "cells/1/state", O_RDONLY);

	/* poll() tells of changes since the last read */
	return fd < 0 || read(fd, text, sizeof(text)) < 0 ? -1 : fd;
}

/* Waits for a change and reads; the state without its newline. */
static const char *poll_state(int fd)
{
	static char text[32];
	struct pollfd poller = { .fd = fd, .events = POLLPRI | POLLERR };
	ssize_t length;

	if (poll(&poller, 1, LIMIT) != 1)
		return "nothing";
	length = pread(fd, text, sizeof(text) - 1, 0);
	text[length > 0 ? length - 1 : 0] = '\0';
	return text;
}

/* Each change is told, with what a program has to know. */
TEST_F_TIMEOUT(enabled, events, SECONDS)
{
	int uevents = open_uevents(), state;

	ASSERT_LE(0, uevents);
	ASSERT_EQ(1, create(0));
	EXPECT_EVENT(uevents, "CELL_NAME=" CELL " CELL_STATE=shut down CELL_RESTARTS=0 CELL_FAILURE= ");
	state = open_state();
	ASSERT_LE(0, state);
	ASSERT_DONE(boot("end=hang timeout=500"));
	EXPECT_EVENT(uevents, "CELL_STATE=running ");
	/* either of the two states, if the machine is slow */
	EXPECT_STRNE("nothing", poll_state(state));
	EXPECT_EVENT(uevents, "CELL_STATE=failed CELL_RESTARTS=0 CELL_FAILURE=watchdog: no kick for 500 ms. CPU 2: PC 0x");
	EXPECT_STREQ("failed", cb_text("cells/1/state"));
	EXPECT_TRUE(wait_failure(1, "watchdog: no kick for 500 ms. CPU 2: PC 0x"))
		TH_LOG("%s", cb_text("cells/1/failure"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: hang", LIMIT));

	/* without asking again, what the cell says of itself */
	pread(state, (char[32]){}, 32, 0);
	ASSERT_DONE(boot("end=shut-down timeout=60000"));
	EXPECT_EVENT(uevents, "CELL_STATE=running CELL_RESTARTS=0 CELL_FAILURE= ");
	EXPECT_STRNE("nothing", poll_state(state));
	EXPECT_EVENT(uevents, "CELL_STATE=shut down ");
	ASSERT_DONE(boot("end=locked timeout=3000"));
	EXPECT_EVENT(uevents, "CELL_STATE=running ");
	EXPECT_EVENT(uevents, "CELL_STATE=running/locked ");
	EXPECT_EVENT(uevents, "CELL_STATE=failed ");
	close(state);
	close(uevents);
}

/* However a cell fails: the state, the reason, and what the hypervisor has seen of it. */
static const struct {
	const char *params, *failure, *fault;
} failures[] = {
	{ "end=hang timeout=200", "watchdog: no kick for 200 ms. CPU 2: PC 0x", "kind=watchdog " },
	{ "end=deaf timeout=200", "watchdog: no kick for 200 ms. CPU 2: PC 0x", "kind=watchdog " },
	{ "end=hang timeout=1 kicks=0", "watchdog: no kick for 1 ms. CPU 2: PC 0x", "kind=watchdog " },
	{ "end=fault timeout=60000", "fault on CPU 2, see the console. CPU 2: read at 0x40000000, PC 0x",
	  "kind=read " },
	{ "end=second-fault timeout=60000", "fault on CPU 3, see the console. CPU 3: read at 0x40000000, PC 0x",
	  "kind=read " },
	{ "end=failed timeout=60000", "the cell says so itself", "" },
	/* it has asked for that */
	{ "end=locked timeout=200", "watchdog: no kick for 200 ms. CPU 2: PC 0x", "kind=watchdog " },
};

/* Beside them one that is watched although it never asks for it. */
TEST_F_TIMEOUT(enabled, failures, SECONDS)
{
	unsigned int i;

	ASSERT_EQ(1, create_other(OTHER, JAILHOUSE_CELL_WATCHED)) TH_LOG("%s", cb_error());
	ASSERT_DONE(boot_other(OTHER, "end=unasked"));
	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		ASSERT_EQ(2, create(0)) TH_LOG("%s", cb_error());
		ASSERT_DONE(boot(failures[i].params));
		EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT)) TH_LOG("%s", failures[i].params);
		EXPECT_TRUE(wait_failure(2, failures[i].failure))
			TH_LOG("%s: %s", failures[i].params, cb_text("cells/2/failure"));
		EXPECT_EQ(0, strncmp(cb_text("cells/2/fault"), failures[i].fault, strlen(failures[i].fault)))
			TH_LOG("%s: %s", failures[i].params, cb_text("cells/2/fault"));
		EXPECT_EQ(0, cb_number("cells/2/restarts"));
		/* nobody is asked any more */
		EXPECT_DONE(cb_destroy(CELL, 0));
	}
	EXPECT_TRUE(wait_failure(1, "watchdog: no kick for 10000 ms")) TH_LOG("%s", cb_text("cells/1/failure"));
}

/* It is woken to be stopped, and its vector is not where it hung. */
TEST_F_TIMEOUT(enabled, place_of_a_cell_that_slept, SECONDS)
{
	unsigned long function, pc;
	const char *line;

	ASSERT_EQ(1, create(0));
	ASSERT_DONE(boot("end=asleep timeout=200"));
	line = cb_console_wait(&self->con, "asleep in 0x", LIMIT);
	ASSERT_NE(NULL, line);
	ASSERT_EQ(1, sscanf(strstr(line, "0x"), "%lx", &function)) TH_LOG("%s", line);
	EXPECT_TRUE(cb_wait_state(CELL, "failed", LIMIT));
	EXPECT_TRUE(wait_failure(1, "watchdog: no kick for 200 ms. CPU 2: PC 0x"));
	line = strstr(cb_text("cells/1/fault"), " pc=");
	ASSERT_NE(NULL, line) TH_LOG("%s", cb_text("cells/1/fault"));
	ASSERT_EQ(1, sscanf(line, " pc=%lx", &pc));
	EXPECT_TRUE(pc >= function && pc < function + 0x100) TH_LOG("PC %#lx, function %#lx", pc, function);
}

/* Who kicks, or does not want to be watched, is left alone: a cell beside it with a longer timeout fails meanwhile. */
TEST_F_TIMEOUT(enabled, no_failure, SECONDS)
{
	long exits;

	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(5)));
	ASSERT_EQ(2, create_other(OTHER, 0));
	ASSERT_DONE(boot("end=never timeout=5000"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: never", LIMIT));
	exits = cb_counter(CELL, -1, "vmexits_total");
	ASSERT_DONE(boot_other(OTHER, "end=hang timeout=6000 kicks=0"));
	EXPECT_TRUE(cb_wait_state(OTHER, "failed", LIMIT));
	EXPECT_STREQ("running", cb_state(CELL));
	/* to kick and to be watched costs the cell nothing */
	EXPECT_EQ(exits, cb_counter(CELL, -1, "vmexits_total"));

	EXPECT_DONE(cb_shutdown(CELL, 0));
	ASSERT_DONE(boot("end=off timeout=200"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: off", LIMIT));
	ASSERT_DONE(boot_other(OTHER, "end=hang timeout=1000 kicks=0"));
	EXPECT_TRUE(cb_wait_state(OTHER, "failed", LIMIT));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_STREQ("", cb_text("cells/1/failure"));
	EXPECT_EQ(0, cb_number("cells/1/restarts"));
}

/* Again and again, but not for ever. */
static const struct {
	const char *params, *failure;
} restarted[] = {
	{ "end=hang timeout=200", "watchdog: no kick for 200 ms; given up after 3 restarts" },
	{ "end=fault timeout=60000", "fault on CPU 2, see the console; given up after 3 restarts" },
	{ "end=failed timeout=60000", "the cell says so itself; given up after 3 restarts" },
};

TEST_F_TIMEOUT(enabled, restarts, SECONDS)
{
	unsigned int i, life;
	char out[2048];

	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(3)));
	for (i = 0; i < sizeof(restarted) / sizeof(restarted[0]); i++) {
		ASSERT_DONE(boot(restarted[i].params));
		for (life = 0; life < 4; life++)
			EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: begins", LIMIT));
		EXPECT_TRUE(wait_failure(1, restarted[i].failure)) TH_LOG("%s", cb_text("cells/1/failure"));
		EXPECT_STREQ("failed", cb_state(CELL));
		EXPECT_EQ(3 * (i + 1), cb_number("cells/1/restarts"));
	}
	ASSERT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list"));
	EXPECT_NE(NULL, strstr(out, "cell \"inmate-test\" has failed: the cell says so itself; given up after 3 "
			       "restarts (9 restarts)")) TH_LOG("%s", out);
	ASSERT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list --json"));
	EXPECT_NE(NULL, strstr(out, "\"failure\": \"the cell says so itself; given up after 3 restarts\", "
			       "\"first_failure\": \"the cell says so itself\", "
			       "\"fault\": null, \"irq_delivery\": \"direct\", \"restarts\": 9}")) TH_LOG("%s", out);

	/* by hand it works, and counts anew */
	ASSERT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell restart " CELL)) TH_LOG("%s", out);
	EXPECT_TRUE(wait_restarts(12));
}

/* A restarted cell finds nothing of its former life, whoever has restarted it. */
TEST_F_TIMEOUT(enabled, no_trace, SECONDS)
{
	char out[1024];

	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(1)));
	ASSERT_DONE(cb_boot(CELL, "start", QUIET "twice"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "ends in an interrupt handler", LIMIT));
	EXPECT_NE(NULL, cb_console_wait(&self->con, " fail:0 ", LIMIT)) TH_LOG("%s", cb_console_all(&self->con));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	EXPECT_EQ(1, cb_number("cells/1/restarts"));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "not ok"));

	ASSERT_DONE(cb_boot(CELL, "start", QUIET "dirty"));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
	cb_console_skip(&self->con);
	ASSERT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell load " CELL " -s '" QUIET "' -a 0x1000 && "
			    "jailhouse cell restart " CELL)) TH_LOG("%s", out);
	EXPECT_NE(NULL, cb_console_wait(&self->con, " fail:0 ", LIMIT)) TH_LOG("%s", cb_console_all(&self->con));
	EXPECT_EQ(NULL, strstr(cb_console_all(&self->con), "not ok"));
	EXPECT_TRUE(cb_wait_state(CELL, "shut down", LIMIT));
}

/* By hand: a running cell is asked. */
TEST_F_TIMEOUT(enabled, by_hand, SECONDS)
{
	char out[1024];

	ASSERT_EQ(1, create(0));
	EXPECT_EQ(1, cb_run(out, sizeof(out), "jailhouse cell restart " CELL));
	EXPECT_STREQ("jailhouse: cell restart: nothing was loaded into cell \"inmate-test\": load an image first\n",
		     out);
	ASSERT_DONE(boot("end=never timeout=60000"));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: begins", LIMIT));
	ASSERT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell restart 1")) TH_LOG("%s", out);
	EXPECT_NE(NULL, cb_console_wait(&self->con, "# watchdog: begins", LIMIT));
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_EQ(0, cb_number("cells/1/restarts"));

	ASSERT_DONE(cb_shutdown(CELL, 0));
	ASSERT_DONE(cb_boot(CELL, "comm", QUIET "behave=deny"));
	EXPECT_EQ(1, cb_run(out, sizeof(out), "jailhouse cell restart 1"));
	EXPECT_NE(NULL, strstr(out, "denied the shutdown request")) TH_LOG("%s", out);
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell restart --force 1")) TH_LOG("%s", out);
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
}

/* What is too large to be copied is not restarted, and a failure says so. */
TEST_F_TIMEOUT(enabled, not_copied, SECONDS)
{
	char out[1024];

	ASSERT_LE(0, cb_write(CB_PARAMETERS "restart_memory", "0"));
	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(3)));
	ASSERT_DONE(boot("end=fault timeout=60000"));
	EXPECT_TRUE(wait_failure(1, "fault on CPU 2, see the console; not restarted: the images of cell "
				    "\"inmate-test\" were not copied")) TH_LOG("%s", cb_text("cells/1/failure"));
	EXPECT_STREQ("failed", cb_state(CELL));
	EXPECT_EQ(1, cb_run(out, sizeof(out), "jailhouse cell restart 1"));
	EXPECT_NE(NULL, strstr(out, "the 0 MiB of the module parameter restart_memory")) TH_LOG("%s", out);
	EXPECT_LE(0, cb_write(CB_PARAMETERS "restart_memory", "64"));
}

/* Requests meet restarts at points that nobody chose: what was asked for last holds. */
TEST_F_TIMEOUT(enabled, requests, SECONDS)
{
	unsigned int round;
	long restarts;

	for (round = 0; round < 6; round++) {
		ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(255))) TH_LOG("%s", cb_error());
		ASSERT_DONE(boot("end=failed kicks=0"));
		cb_sleep_ms(60 + round * 40);
		ASSERT_DONE(round % 2 ? cb_shutdown(CELL, 0) : boot("end=never timeout=60000"));
		restarts = cb_number("cells/1/restarts");
		ASSERT_EQ(0, cb_set_online(0, round % 2));
		cb_sleep_ms(300);
		EXPECT_EQ(restarts, cb_number("cells/1/restarts"));
		EXPECT_STREQ(round % 2 ? "failed" : "running", cb_state(CELL));
		/* at the latest now it fails again */
		ASSERT_DONE(cb_shutdown(CELL, 0));
		ASSERT_DONE(boot("end=failed kicks=0"));
		ASSERT_DONE(cb_destroy(CELL, 0));
	}
	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(255)));
	ASSERT_DONE(boot("end=failed kicks=0"));
	ASSERT_DONE(cb_disable());
	ASSERT_DONE(cb_enable(NULL));
}

/* The lock of another cell holds for the watchdog too. */
TEST_F_TIMEOUT(enabled, locked_out, SECONDS)
{
	ASSERT_EQ(1, create(JAILHOUSE_CELL_RESTARTS(3)));
	ASSERT_EQ(2, create_other(OTHER, 0)) TH_LOG("%s", cb_error());
	/* it kicks until the other one has locked */
	ASSERT_DONE(boot("end=hang timeout=2000 kicks=100"));
	ASSERT_DONE(boot_other(OTHER, "end=locked timeout=60000 kicks=1"));
	EXPECT_TRUE(cb_wait_state(OTHER, "running/locked", LIMIT));
	EXPECT_TRUE(wait_failure(1, "watchdog: no kick for 2000 ms; not stopped: cell \"timer-demo\" has locked the "
				    "configuration")) TH_LOG("%s", cb_text("cells/1/failure"));
	EXPECT_STREQ("failed", cb_state(CELL));
	/* it locks until it is asked to stop; the failed cell was given up before */
	EXPECT_DONE(cb_shutdown(OTHER, 0));
	EXPECT_EQ(0, cb_number("cells/1/restarts"));
	EXPECT_STREQ("failed", cb_state(CELL));
	EXPECT_DONE(cb_ioctl(JAILHOUSE_CELL_RESTART, &(struct jailhouse_cell_id){ .id = 1 }));
	EXPECT_STREQ("running", cb_state(CELL));
}

TEST_HARNESS_MAIN
