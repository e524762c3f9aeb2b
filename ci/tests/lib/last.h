/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_LAST_H
#define TESTS_LAST_H

/*
 * For programs that end the system they run in while the hypervisor is enabled;
 * kselftest_harness.h is included first.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>

#include "cellblock.h"

#define LAST_LIMIT	20000	/* ms */

/* A cell that runs, "timer-demo", and one that would not stop, "inmate-test" */
static inline void last_cells(struct __test_metadata *_metadata)
{
	struct cb_console con;

	ASSERT_EQ(0, cb_fresh());
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&con));
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_EQ(2, cb_create("inmate-test")) TH_LOG("%s", cb_error());
	/* one after the other: characters of two cells that print at once mix */
	ASSERT_EQ(0, cb_boot("inmate-test", "comm", CB_QUIET "behave=mute")) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&con, "comm: behaving: mute", LAST_LIMIT));
	ASSERT_EQ(0, cb_boot("timer-demo", "timer-demo", CB_QUIET "report=100")) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&con, "Timer fired", LAST_LIMIT));
	cb_console_close(&con);
}

/* The results are on their way to the host by then. A test that has failed leaves the system on: it is seen so. */
static inline void last_reboot(int status, void *how)
{
	fflush(NULL);
	cb_sleep_ms(500);
	if (!status)
		reboot((int)(intptr_t)how);
}

/* This, as for reboot(), is what comes after the tests. */
static inline void last_is(int how)
{
	on_exit(last_reboot, (void *)(intptr_t)how);
}

#endif /* TESTS_LAST_H */
