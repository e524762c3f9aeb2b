// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A reboot while the hypervisor is enabled, with a cell that runs and one that would not stop: the driver disables
 * first. The machine ends with this program, so the console tells the rest (see the list file).
 */

#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/last.h"

TEST(cells_run)
{
	last_cells(_metadata);
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

static void __attribute__((constructor)) restart_at_the_end(void)
{
	last_is(RB_AUTOBOOT);
}

TEST_HARNESS_MAIN
