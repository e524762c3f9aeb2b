/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell latency, as far as it goes without a link; ci/tests/latency.sh has the rest */

#include <stdlib.h>

#include "tests/fixture.h"

static void test_usage(void)
{
	fixture_reset();
	check_usage(RUN("cell", "latency"), "cell latency", "no cell given",
		    "no cell");
	check_usage(RUN("cell", "latency", "1", "-i", "9"), "cell latency",
		    "option '-i': '9' is not a number from 10 to 1000000",
		    "interval too short");
	check_usage(RUN("cell", "latency", "1", "-D", "0"), "cell latency",
		    "option '-D': '0' is not a number from 1 to 86400",
		    "no time");
	check_usage(RUN("cell", "latency", "1", "2"), "cell latency",
		    "unexpected argument '2'", "two cells");
}

static void test_no_link(void)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1", "");
	check_failure(RUN("cell", "latency", "demo"), 1,
		      "jailhouse: cell latency: there is no link with a program in cell \"demo\" that uio_ivshmem has; see jailhouse shmem list\n",
		      "no links");
	unsetenv("PATH");
	check_failure(RUN("cell", "latency", "demo", "--png", "x.png"), 1,
		      "jailhouse: cell latency: cannot make 'x.png': the program rsvg-convert is not here "
		      "(Debian's package librsvg2-bin); --svg needs no program\n",
		      "no converter is told before the work begins");
	check_failure(RUN("cell", "latency", "other"), 1,
		      "jailhouse: cell latency: no cell is named 'other'\n",
		      "no such cell");
}

int main(void)
{
	test_usage();
	test_no_link();
	return fixture_end();
}
