/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell stats: what a guest says of CPUs that it shares */

#include <string.h>

#include "tests/fixture.h"

static const char *stats_of(const char *paravirt)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_write("cells/1/statistics/vmexits_total", "1\n");
	if (paravirt)
		sysfs_write("cells/1/paravirt", paravirt);
	return RUN("cell", "stats", "demo", "--once").out;
}

static void test_table(void)
{
	const char *out = stats_of("cpu=2 scheduler=fixed mode=idle deadline_us=8730 period_us=10000 execution_us=400 "
				   "cpu=13 scheduler=? mode=- deadline_us=18446744073709551615 period_us=0 "
				   "execution_us=4294967295\n");

	check_contains(out,
		"\nITS GUEST     SCHEDULER  MODE        DEADLINE (us)  PERIOD (us)  EXECUTION (us)\n"
		"CPU2          fixed      idle                 8730        10000             400\n"
		"CPU13         ?          -         18446744073709551615            0      4294967295\n",
		"a line for each CPU");
}

static void test_nothing(void)
{
	check(!strstr(stats_of("\n"), "ITS GUEST"), "nothing of a guest that says nothing");
	check(!strstr(stats_of(NULL), "ITS GUEST"), "nor with another driver");
	check(!strstr(stats_of("cpu=x scheduler=fixed\n"), "ITS GUEST"), "nor of what is not understood");
}

int main(void)
{
	test_table();
	test_nothing();
	return fixture_end();
}
