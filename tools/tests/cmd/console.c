/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* console */

#include <errno.h>

#include "tests/fixture.h"

static void test_console(void)
{
	struct result result;

	fixture_reset();
	sysfs_write("console", "first\nsecond\n");
	check_output(RUN("console"), "first\nsecond\n", "console");

	sysfs_write("console_last", "before the reset\n");
	check_output(RUN("console", "--last"), "before the reset\n", "console --last");
	sysfs_write("console_stamped", "[12 CPU 0] first\n");
	check_output(RUN("console", "--time"), "[12 CPU 0] first\n", "console --time");
	check_usage(RUN("console", "--last", "-f"), "console", "--follow, --last and --time do not go together",
		    "--last with --follow");

	sysfs_write("console", "");
	check_output(RUN("console"), "", "an empty console");

	sysfs_remove("console");
	result = RUN("console");
	check_contains(result.err, "console: the driver is not loaded",
		       "no driver");
	check_number(result.exit_code, 1, "no driver is a failure");
	check_usage(RUN("console", "-f", "x"), "console",
		    "--follow, --last and --time are of the hypervisor's console",
		    "--follow with a cell");
}

static void test_follow(void)
{
	struct result result;

	fixture_reset();
	fake.device_text = "more than one read\n";
	check_output(RUN("console", "-f"), "more than one read\n", "console -f");

	fake.device_text = "again\n";
	check_output(RUN("console", "--follow"), "again\n", "console --follow");

	fake.device_text = "before\n";
	fake.read_error = EIO;
	fake.reason = "the hypervisor was disabled";
	result = RUN("console", "-f");
	check_text(result.out, "before\n", "text before an error");
	check_text(result.err,
		   "jailhouse: console: the hypervisor was disabled\n",
		   "reason of a read");
	check_number(result.exit_code, 1, "a read that fails");

	fake.open_result = -ENOENT;
	result = RUN("console", "-f");
	check_contains(result.err, "console: the driver is not loaded",
		       "no device to follow");
}

static void test_no_console(void)
{
	struct result result;

	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_add_cell(2, "../up", "running", "2", "");
	result = RUN("console", "demo");
	check_contains(result.err, "console: cell 'demo' has no console: no cell-devices has made ",
		       "a cell without a console");
	check_number(result.exit_code, 1, "  is a failure");
	check_failure(RUN("console", "--name", "other"), 1,
		      "jailhouse: console: no cell is named 'other'\n", "no such cell");
	check_failure(RUN("console", "2"), 1,
		      "jailhouse: console: cell '../up' cannot have a console: its name has a / or is too long\n",
		      "a name that leads elsewhere");
	check_usage(RUN("console", "demo", "x"), "console", "unexpected argument 'x'", "two cells");
}

int main(void)
{
	test_console();
	test_no_console();
	test_follow();
	return fixture_end();
}
