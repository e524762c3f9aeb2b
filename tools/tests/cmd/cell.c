/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell create, start, shutdown, destroy, and the ways to name a cell */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"

#define LONGEST		"a-name-with-thirty-one-letters-"

static void test_create(void)
{
	struct jailhouse_cell_desc cell;
	struct result result;

	fixture_reset();
	init_cell(&cell, "demo");
	sysfs_write("enabled", "1\n");
	sysfs_add_cell(0, "root", "running", "0", "");
	sysfs_add_cell(3, "demo", "shut down", "1", "");
	result = RUN("cell", "create", make_file("a", &cell, sizeof(cell)));
	check(!result.exit_code && !*result.out && !*result.err,
	      "create prints nothing");
	check(fake.request == JAILHOUSE_CELL_CREATE && fake.requests == 1 &&
	      fake.config_size == sizeof(cell) &&
	      !memcmp(fake.config, &cell, sizeof(cell)),
	      "create hands over the file");

	result = RUN("cell", "create", "--json",
		     make_file("a", &cell, sizeof(cell)));
	check_output(result, "{\"id\": 3}\n", "create --json has the id from sysfs");
	check_number(fake.open_devices, 0, "create closes the device");

	/* judged by the driver, which knows its size */
	RUN("cell", "create", make_file("a", &cell, sizeof(cell) - 1));
	check_number((long long)fake.config_size, sizeof(cell) - 1,
		     "a truncated file goes to the driver as it is");

	sysfs_remove("cells/3");
	check_failure(RUN("cell", "create", "--json", make_file("a", &cell, sizeof(cell))), 1,
		      "jailhouse: cell create: no cell is named 'demo'\n",
		      "create --json of a cell that somebody destroys");
}

static void test_create_refused(void)
{
	struct jailhouse_cell_desc cell;
	struct jailhouse_system system;
	struct result result;

	fixture_reset();
	check_usage(RUN("cell", "create"), "cell create",
		    "no cell configuration given", "create without a file");
	result = RUN("cell", "create", make_file("a", "", 0));
	check_contains(result.err, "' is empty\n", "create of an empty file");
	result = RUN("cell", "create", make_file("a", "JHCL", 4));
	check_contains(result.err, "' is not a cell configuration\n",
		       "create of another file");
	init_system(&system);
	result = RUN("cell", "create", make_file("a", &system, sizeof(system)));
	check_contains(result.err, "' is a system configuration; it is for "
		       "'jailhouse enable'\n", "create of a system");
	check_number(fake.requests, 0, "the driver was not asked");

	init_cell(&cell, "demo");
	fake.ioctl_result = -EEXIST;
	fake.reason = "a cell named 'demo' exists";
	check_failure(RUN("cell", "create", "--json",
			  make_file("a", &cell, sizeof(cell))), 1,
		      "jailhouse: cell create: a cell named 'demo' exists\n",
		      "create refused by the driver");
}

static const struct {
	const char *name;
	unsigned long request;
} actions[] = {
	{ "start", JAILHOUSE_CELL_START },
	{ "restart", JAILHOUSE_CELL_RESTART },
	{ "shutdown", JAILHOUSE_CELL_LOAD },
	{ "destroy", JAILHOUSE_CELL_DESTROY },
};

static void test_actions(void)
{
	struct result result;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		const char *name = actions[i].name;
		bool starts = actions[i].request == JAILHOUSE_CELL_START;
		u32 without = starts ? JAILHOUSE_CELL_CHECKED : 0;
		u32 with = starts ? 0 : JAILHOUSE_CELL_FORCE;

		fixture_reset();
		result = RUN("cell", name, "2");
		check(!result.exit_code && !*result.out && !*result.err,
		      name);
		check_number((long long)fake.request,
			     (long long)actions[i].request, "  its request");
		check(fake.cell.id == 2 && fake.cell.padding == without,
		      "  by id, without force");
		check_number(fake.images, 0, "  no image");

		RUN("cell", name, "--force", "2");
		check_number(fake.cell.padding, with, "  --force");
		RUN("cell", name, "2", "-f");
		check_number(fake.cell.padding, with, "  -f after the cell");

		fake.ioctl_result = -ENOENT;
		fake.reason = "no such cell";
		result = RUN("cell", name, "demo");
		check_contains(result.err, ": no such cell\n", "  its reason");
		check_number(result.exit_code, 1, "  refused");
	}
}

#define WAITS(command, cell)							\
	"jailhouse: " command ": cell \"" cell "\" has not answered the request to "	\
	"shut down yet, it is waited for: Ctrl-C withdraws the request, "		\
	"'jailhouse cell shutdown --force " cell "' does not ask\n"

/* What takes long says which cell it is that does not answer, if one runs. */
static void test_waiting(void)
{
	char expected[512];
	size_t i;

	fixture_reset();
	fake.slow_device = true;
	sysfs_add_cell(0, "root", "running", "0", "");
	sysfs_add_cell(2, "demo", "running", "1", "");
	sysfs_add_cell(3, "other", "running/locked", "1", "");
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		const char *name = actions[i].name;

		snprintf(expected, sizeof(expected), WAITS("cell %s", "demo"), name);
		check_failure(RUN("cell", name, "2"), 0,
			      actions[i].request == JAILHOUSE_CELL_START ? "" : expected, name);
	}
	check_failure(RUN("cell", "start", "--force", "other"), 0, WAITS("cell start", "other"),
		      "start --force waits");
	check_failure(RUN("disable"), 0, WAITS("disable", "demo") WAITS("disable", "other"),
		      "disable waits for all");
	sysfs_write("cells/2/state", "shut down\n");
	check_failure(RUN("cell", "shutdown", "demo"), 0, "", "a cell that has stopped");
}

static void test_names(void)
{
	fixture_reset();
	RUN("cell", "start", "demo");
	check(fake.cell.id == JAILHOUSE_CELL_ID_UNUSED &&
	      !strcmp(fake.cell.name, "demo"), "by name");
	RUN("cell", "start", "--name", "demo2");
	check_text(fake.cell.name, "demo2", "--name NAME");
	RUN("cell", "start", "--name=demo3");
	check_text(fake.cell.name, "demo3", "--name=NAME");
	RUN("cell", "start", "--name", "7");
	check(fake.cell.id == JAILHOUSE_CELL_ID_UNUSED &&
	      !strcmp(fake.cell.name, "7"), "--name with digits is a name");
	RUN("cell", "start", "7a");
	check_text(fake.cell.name, "7a", "digits and letters are a name");
	RUN("cell", "start", "0");
	check(fake.cell.id == 0 && !*fake.cell.name, "id 0");
	RUN("cell", "start", "010");
	check_number(fake.cell.id, 10, "an id is decimal");
	RUN("cell", "start", "2147483647");
	check_number(fake.cell.id, 2147483647, "largest id");
	RUN("cell", "start", LONGEST);
	check_text(fake.cell.name, LONGEST, "longest name");
	RUN("cell", "start", "--", "-x");
	check_text(fake.cell.name, "-x", "a name like an option");
}

static void test_bad_names(void)
{
	fixture_reset();
	check_usage(RUN("cell", "start"), "cell start", "no cell given",
		    "no cell");
	check_usage(RUN("cell", "start", "2147483648"), "cell start",
		    "cell id '2147483648' is too large", "large id");
	check_usage(RUN("cell", "start", ""), "cell start",
		    "the name of the cell is empty", "empty name");
	check_usage(RUN("cell", "start", LONGEST "x"), "cell start",
		    "cell name '" LONGEST "x' has more than 31 characters",
		    "long name");
	check_usage(RUN("cell", "start", "1", "2"), "cell start",
		    "unexpected argument '2'", "two cells");
	check_usage(RUN("cell", "start", "1", "--name", "x"), "cell start",
		    "unexpected argument '1'", "a cell and --name");
}

int main(void)
{
	test_create();
	test_create_refused();
	test_actions();
	test_waiting();
	test_names();
	test_bad_names();
	return fixture_end();
}
