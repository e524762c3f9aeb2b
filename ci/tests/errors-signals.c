// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Signals that come while the driver works: the request either ends as if there
 * had been none, or with EINTR and everything as before.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include <qemu-virt/board.h>
#include "lib/cellblock.h"
#include "lib/errors.h"

#define CELL		"timer-demo"
#define CELL_RAM	0x05000000	/* five cells' worth: it takes time to get it */
/* From a signal before the request does anything, to one after its end */
#define FIRST_US	100
#define LAST_US		1600000
/* After the start of a load, before its end */
#define LOAD_US		3000
/* Requests must be ended by a signal at least so often. */
#define AT_LEAST	2

static const char *const interrupted[ERR_WORDS] = { "interrupted by a signal" };

static void on_alarm(int signo)
{
	(void)signo;
}

/* And again after the same time, as the first may come before the request; 0: no more */
static void signal_in(unsigned int us)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval timer = {
		.it_value.tv_sec = us / 1000000,
		.it_value.tv_usec = us % 1000000,
	};

	timer.it_interval = timer.it_value;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

#define for_each_delay(us) for (us = FIRST_US; us <= LAST_US; us *= 2)

static int create_large(void)
{
	struct err_config c;

	if (!err_read_config(&c, CELL))
		return -ENOENT;
	err_mem(&c, 0)->size = CELL_RAM;
	return cb_create_raw(c.bytes, c.size);
}

/* Loads all of its memory. */
static int load_large(void)
{
	struct {
		struct jailhouse_cell_load load;
		struct jailhouse_preload_image image;
	} request = {
		.load = {
			.cell_id = { .id = JAILHOUSE_CELL_ID_UNUSED, .name = CELL },
			.num_preload_images = 1,
		},
		.image = { .size = CELL_RAM },
	};
	void *source = calloc(1, CELL_RAM);
	long ret;

	/* pages that are there */
	memset(source, 0x55, CELL_RAM);
	request.image.source_address = (uintptr_t)source;
	signal_in(LOAD_US);
	ret = cb_ioctl(JAILHOUSE_CELL_LOAD, &request);
	signal_in(0);
	free(source);
	return (int)ret;
}


TEST(create)
{
	unsigned int us, count = 0;
	struct err_state before;
	int ret;

	ALL_WELL(err_begin(true));
	err_note(&before);
	for_each_delay(us) {
		signal_in(us);
		ret = create_large();
		signal_in(0);
		if (ret < 0) {
			ALL_WELL(err_refused(ret, EINTR, interrupted));
			count++;
		} else {
			ASSERT_EQ(0, cb_destroy(CELL, 0));
		}
		ALL_WELL(err_changed(&before));
	}
	TH_LOG("%u were interrupted", count);
	EXPECT_LE(AT_LEAST, count);
	ALL_WELL(err_works());
}

TEST(enable)
{
	unsigned int us, count = 0;
	struct err_state before;
	int ret;

	ALL_WELL(err_begin(false));
	err_note(&before);
	for_each_delay(us) {
		signal_in(us);
		ret = cb_enable(NULL);
		signal_in(0);
		if (ret < 0) {
			ALL_WELL(err_refused(ret, EINTR, interrupted));
			count++;
		} else {
			ASSERT_EQ(0, cb_disable());
		}
		ALL_WELL(err_changed(&before));
	}
	TH_LOG("%u were interrupted", count);
	EXPECT_LE(AT_LEAST, count);
	ALL_WELL(err_works());
}

TEST(load)
{
	static const char *const words[ERR_WORDS] = { "nothing was loaded" };
	struct err_state before;

	ALL_WELL(err_begin(true));
	ASSERT_LT(0, create_large());
	err_note(&before);
	ALL_WELL(err_refused(load_large(), EINTR, interrupted));
	ALL_WELL(err_changed(&before));
	ALL_WELL(err_refused(cb_start(CELL), EINVAL, words));
	ASSERT_EQ(0, cb_boot(CELL, "comm", CB_QUIET "behave=approve")) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_destroy(CELL, 0));
	ALL_WELL(err_works());
}

/* One waits for the cell, another one waits for the first. */
TEST(in_the_queue)
{
	struct err_state before;
	int status;
	pid_t pid;

	ALL_WELL(err_begin(true));
	ASSERT_LT(0, cb_create(CELL));
	ASSERT_EQ(0, cb_boot(CELL, "comm", CB_QUIET "behave=mute"));
	err_note(&before);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		signal_in(LAST_US);
		_exit(cb_destroy(CELL, 0) == -EINTR && strstr(cb_error(), "withdrawn") ? 0 : 1);
	}
	cb_sleep_ms(300);
	signal_in(200000);
	ALL_WELL(err_refused(cb_create("inmate-test"), EINTR, interrupted));
	signal_in(0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	ALL_WELL(err_changed(&before));
	ASSERT_EQ(0, cb_destroy(CELL, CB_FORCE));
	ALL_WELL(err_works());
}

/* Who is killed has done all of it, or nothing. */
TEST(killed)
{
	struct err_state before;
	unsigned int us;
	pid_t pid;

	ALL_WELL(err_begin(true));
	err_note(&before);
	for_each_delay(us) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(create_large() < 0);
		usleep(us);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(pid, waitpid(pid, NULL, 0));
		if (cb_exists("cells/1"))
			ASSERT_EQ(0, cb_destroy(CELL, 0));
		ALL_WELL(err_changed(&before));
	}
	ALL_WELL(err_works());
}

TEST_HARNESS_MAIN
