// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A reboot while the hypervisor is enabled, with a cell that runs and one that would not stop: the driver disables
 * first. The machine ends with this program, so the console tells the rest (see the list file).
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/cellblock.h"

#define LIMIT	20000	/* ms */

TEST(cells_run)
{
	struct cb_console con;

	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&con));
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_EQ(2, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	/* one after the other: characters of two cells that print at once mix */
	ASSERT_EQ(0, cb_boot("inmate-test", "comm", CB_QUIET "behave=mute")) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&con, "comm: behaving: mute", LIMIT));
	ASSERT_EQ(0, cb_boot("timer-demo", "timer-demo", CB_QUIET "report=100")) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&con, "Timer fired", LIMIT));
	cb_console_close(&con);
}

/* Somebody waits for the mute cell, with the driver's lock, when the reboot comes. */
TEST(one_is_asked_in_vain)
{
	pid_t pid = fork();

	if (!pid) {
		setsid();
		cb_shutdown("inmate-test", 0);
		_exit(0);
	}
	ASSERT_LT(0, pid);
	cb_sleep_ms(200);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
}

/* The results are on their way to the host by then. A test that has failed leaves the machine on: it is seen so. */
static void restart(int status, void *unused)
{
	(void)unused;
	fflush(NULL);
	cb_sleep_ms(500);
	if (!status)
		reboot(RB_AUTOBOOT);
}

static void __attribute__((constructor)) restart_at_the_end(void)
{
	on_exit(restart, NULL);
}

TEST_HARNESS_MAIN
