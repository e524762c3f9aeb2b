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
#include "expect.h"

FIXTURE(enabled) {
	struct cb_console con;
	int cpus;	/* before */
	long used;	/* pages of the pool, without cells */
};

FIXTURE_SETUP(enabled)
{
	ASSERT_DONE(cb_fresh());
	self->cpus = cb_num_online();
	ASSERT_DONE(cb_enable(NULL));
	self->used = cb_number("mem_pool_used");
	ASSERT_EQ(0, cb_console_open(&self->con));
}

FIXTURE_TEARDOWN(enabled)
{
	EXPECT_DONE(cb_destroy_all());
	EXPECT_EQ(self->used, cb_number("mem_pool_used"));
	EXPECT_DONE(cb_disable());
	cb_console_close(&self->con);
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_EQ(0, cb_rmmod());
}

#endif /* TESTS_ENABLED_H */
