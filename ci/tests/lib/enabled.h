/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_ENABLED_H
#define TESTS_ENABLED_H

/*
 * The fixture of most tests, which includes kselftest_harness.h first: the
 * hypervisor is enabled, its console is read. However the test went, all that
 * Linux gave comes back.
 */

#include "cellblock.h"

FIXTURE(enabled) {
	struct cb_console con;
	int cpus;	/* before */
	long used;	/* pages of the pool, without cells */
};

FIXTURE_SETUP(enabled)
{
	ASSERT_EQ(0, cb_fresh()) TH_LOG("%s", cb_error());
	self->cpus = cb_num_online();
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	self->used = cb_number("mem_pool_used");
	ASSERT_EQ(0, cb_console_open(&self->con));
}

FIXTURE_TEARDOWN(enabled)
{
	EXPECT_EQ(0, cb_destroy_all()) TH_LOG("%s", cb_error());
	EXPECT_EQ(self->used, cb_number("mem_pool_used"));
	EXPECT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
	cb_console_close(&self->con);
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_EQ(0, cb_rmmod());
}

/* The driver's calls, with its sentence when it refuses. */
#define ASSERT_DONE(call)	ASSERT_EQ(0, call) TH_LOG("%s", cb_error())
#define EXPECT_DONE(call)	EXPECT_EQ(0, call) TH_LOG("%s", cb_error())
/* That it refuses, with a sentence that has this in it. */
#define EXPECT_REFUSED(error, text, call) do {				\
	EXPECT_EQ(-(error), call);					\
	EXPECT_NE(NULL, strstr(cb_error(), text)) TH_LOG("%s", cb_error()); \
} while (0)

#endif /* TESTS_ENABLED_H */
