/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell list, as a table and as JSON */

#include "tests/fixture.h"

#define HEAD \
	"ID      Name                    State             " \
	"Assigned CPUs           Failed CPUs\n"

static void test_table(void)
{
	fixture_reset();
	sysfs_add_cell(10, "late", "failed", "3", "3");
	sysfs_add_cell(2, "uart-demo", "running/locked", "2", "");
	sysfs_add_cell(0, "qemu-arm64", "running", "0-1,4", "");
	check_output(RUN("cell", "list"), HEAD
"0       qemu-arm64              running           0-1,4                   \n"
"2       uart-demo               running/locked    2                       \n"
"10      late                    failed            3                       3\n",
		     "table, by id");
}

/* Nor have shared CPUs. */
static void test_shared(void)
{
	struct result result;

	fixture_reset();
	sysfs_add_cell(1, "rtos", "running", "", "");
	sysfs_write("cells/1/cpus_shared_list", "1-2\n");
	sysfs_write("cells/1/sharing", "priority 500/1000\n");
	result = RUN("cell", "list");
	check_text(result.out, HEAD
"1       rtos                    running                                   \n",
		   "a cell without CPUs of its own");
	check_text(result.err, "jailhouse: cell list: cell \"rtos\" shares CPUs 1-2: "
		   "priority 500/1000 us\n", "those that it shares");
	sysfs_write("cells/1/statistics/vmexits_total", "1\n");
	sysfs_write("cells/1/statistics/cpu2/vmexits_total", "1\n");
	sysfs_write("cells/1/shares", "cpu=2 used_us=51 total_us=1000 switches=7 "
		    "overruns=2 longest_away_us=9000\n");
	check_contains(RUN("cell", "list").err,
		       "jailhouse: cell list: cell \"rtos\" has had CPU 2 for 5.10 % of the time\n",
		       "and its share");
	check_output(RUN("cell", "list", "--json"), "[\n"
		     "  {\"id\": 1, \"name\": \"rtos\", "
		     "\"state\": \"running\", \"cpus_assigned\": [], "
		     "\"cpus_failed\": [], \"cpus_shared\": [1, 2], "
		     "\"sharing\": \"priority 500/1000\", "
		     "\"failure\": \"\", \"first_failure\": \"\", \"fault\": null, "
		     "\"irq_delivery\": \"direct\", \"restarts\": 0}\n"
		     "]\n", "the same as JSON");
}

/* Why a cell has failed has no place in the table. */
static void test_failures(void)
{
	struct result result;

	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "2-3", "");
	sysfs_write("cells/1/failure", "fault on CPU 2, see the console. "
		    "CPU 2: read at 0x1000000, PC 0x24f8, LR 0x0, SP 0x8ff0\n");
	sysfs_write("cells/1/restarts", "3\n");
	result = RUN("cell", "list");
	check_text(result.out, HEAD
"1       demo                    running           2-3                     \n",
		   "a cell that runs again");
	check_text(result.err, "jailhouse: cell list: cell \"demo\" runs again, and had failed: "
		   "fault on CPU 2, see the console. CPU 2: read at 0x1000000, "
		   "PC 0x24f8, LR 0x0, SP 0x8ff0 (3 restarts)\n",
		   "its failure beside the table");
	check_number(result.exit_code, 0, "it is not that of the command");

	sysfs_write("cells/1/state", "failed\n");
	check_contains(RUN("cell", "list").err, "cell \"demo\" has failed: fault",
		       "one that does not");
}

static void test_failure(void)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "2-3", "");
	check_failure(RUN("cell", "failure", "demo"), 0,
		      "jailhouse: cell failure: cell \"demo\" has not failed since it was started\n",
		      "a cell that has not failed");
	sysfs_write("cells/1/failure", "the cell says so itself. CPU 0 of the cell: panic\n");
	sysfs_write("cells/1/first_failure", "watchdog: no kick for 500 ms\n");
	check_output(RUN("cell", "failure", "demo"),
		     "the cell says so itself. CPU 0 of the cell: panic\n", "its only failure");
	check_contains(RUN("cell", "failure", "demo", "--elf", "a.elf").err,
		       "nothing is known of where cell \"demo\" has failed", "no address");
	sysfs_write("cells/1/restarts", "2\n");
	sysfs_write("cells/1/fault", "kind=panic cell_cpu=0 pc=0x24f8 lr=0x2448 sp=0x8ff0\n");
	check_output(RUN("cell", "failure", "--elf", "a.elf", "1"),
		     "the cell says so itself. CPU 0 of the cell: panic\n"
		     "first: watchdog: no kick for 500 ms\n"
		     "PC 0x24f8 main at a.elf:0x24f8\nLR 0x2448 main at a.elf:0x2448\n",
		     "--elf has the places, and the first failure is there");
	check_contains(RUN("cell", "failure", "--elf", "nothing", "1").err,
		       "no program translates addresses of 'nothing' to lines",
		       "without addr2line");
}

static void test_json(void)
{
	fixture_reset();
	sysfs_add_cell(0, "qemu-arm64", "running", "0-2,5", "");
	sysfs_add_cell(1, "a \"b\" \\ \t", "shut down", "3", "3");
	sysfs_write("cells/1/failure", "watchdog: no kick for 500 ms\n");
	sysfs_write("cells/1/first_failure", "the cell says so itself\n");
	sysfs_write("cells/1/fault", "kind=watchdog time=12345678901234567890 "
		    "cpu=3 pc=0x1a50 lr=0xffffffffffffffff sp=0x0\n");
	sysfs_write("cells/1/irq_delivery", "injected: it masks them by priority\n");
	sysfs_write("cells/1/restarts", "12\n");
	check_output(RUN("cell", "list", "--json"), "[\n"
		     "  {\"id\": 0, \"name\": \"qemu-arm64\", "
		     "\"state\": \"running\", \"cpus_assigned\": [0, 1, 2, 5], "
		     "\"cpus_failed\": [], \"cpus_shared\": [], \"sharing\": \"\", "
		     "\"failure\": \"\", \"first_failure\": \"\", \"fault\": null, "
		     "\"irq_delivery\": \"direct\", \"restarts\": 0},\n"
		     "  {\"id\": 1, \"name\": \"a \\\"b\\\" \\\\ \\u0009\", "
		     "\"state\": \"shut down\", \"cpus_assigned\": [3], "
		     "\"cpus_failed\": [3], \"cpus_shared\": [], \"sharing\": \"\", "
		     "\"failure\": \"watchdog: no kick for 500 ms\", "
		     "\"first_failure\": \"the cell says so itself\", "
		     "\"fault\": {\"kind\": \"watchdog\", "
		     "\"time\": 12345678901234567890, \"cpu\": 3, "
		     "\"pc\": \"0x1a50\", \"lr\": \"0xffffffffffffffff\", "
		     "\"sp\": \"0x0\"}, "
		     "\"irq_delivery\": \"injected: it masks them by priority\", "
		     "\"restarts\": 12}\n"
		     "]\n", "--json");
}

static void test_disabled(void)
{
	struct result result;

	fixture_reset();
	result = RUN("cell", "list");
	check_text(result.out, "", "not enabled: no table");
	check_text(result.err,
		   "jailhouse: cell list: the hypervisor is not enabled\n",
		   "not enabled: said so");
	check_number(result.exit_code, 0, "not enabled is no failure");
	result = RUN("cell", "list", "--json");
	check_text(result.out, "[]\n", "not enabled: an empty array");

	sysfs_remove("");
	result = RUN("cell", "list");
	check_contains(result.err, "jailhouse: cell list: the driver is not "
		       "loaded (no ", "no driver");
	check_number(result.exit_code, 1, "no driver is a failure");
}

/* A cell that is destroyed while its files are read is not listed. */
static void test_vanishing(void)
{
	fixture_reset();
	sysfs_add_cell(0, "qemu-arm64", "running", "0-3", "");
	sysfs_add_cell(1, "demo", "running", "1", "");
	sysfs_remove("cells/1/cpus_failed_list");
	sysfs_write("cells/other/name", "no cell\n");
	check_output(RUN("cell", "list"), HEAD
"0       qemu-arm64              running           0-3                     \n",
		     "a cell that vanishes");
}

int main(void)
{
	test_table();
	test_shared();
	test_failures();
	test_failure();
	test_json();
	test_disabled();
	test_vanishing();
	return fixture_end();
}
