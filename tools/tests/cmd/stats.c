/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell stats: totals, rates, columns, JSON */

#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"

static const char *const counters[] = {
	"vmexits_total", "vmexits_mmio", "vmexits_management",
	"vmexits_hypercall", "vmexits_maintenance", "vmexits_virt_irq",
	"vmexits_virt_sgi", "vmexits_psci", "vmexits_smccc",
};

static void write_counter(const char *folder, const char *name, u64 value)
{
	char path[128];
	char text[32];

	snprintf(path, sizeof(path), "cells/1/statistics/%s%s", folder, name);
	snprintf(text, sizeof(text), "%llu\n", value);
	sysfs_write(path, text);
}

/* Counter n has the value first + n. */
static void write_counters(const char *folder, u64 first)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		write_counter(folder, counters[i], first + i);
}

static void one_cpu(void)
{
	fixture_reset();
	sysfs_add_cell(1, "demo", "running", "1", "");
	write_counters("", 100);
	write_counters("cpu1/", 100);
}

/* Two CPUs of 16, so that order and numbers of columns show. */
static void two_cpus(void)
{
	fixture_reset();
	sysfs_add_cell(1, "smp", "running", "2,10", "");
	write_counters("", 1000);
	write_counters("cpu10/", 900);
	write_counters("cpu2/", 100);
}

static void test_once(void)
{
	struct result result;

	one_cpu();
	result = RUN("cell", "stats", "demo", "--once");
	check_text(result.out,
		   "Cell 1 \"demo\", running, CPUs 1\n\n"
		   "COUNTER                        TOTAL\n"
		   "vmexits_total                    100\n"
		   "vmexits_mmio                     101\n"
		   "vmexits_management               102\n"
		   "vmexits_hypercall                103\n"
		   "vmexits_maintenance              104\n"
		   "vmexits_virt_irq                 105\n"
		   "vmexits_virt_sgi                 106\n"
		   "vmexits_psci                     107\n"
		   "vmexits_smccc                    108\n"
		   "vmexits_other                      0\n", "--once");
	check(!result.exit_code && !*result.err && !fake.waits,
	      "--once does not wait");

	sysfs_write("cells/1/irq_delivery", "injected: it masks them by priority\n");
	result = RUN("cell", "stats", "demo", "--once");
	check(!strncmp(result.out, "Cell 1 \"demo\", running, CPUs 1\n"
		       "Interrupts injected: it masks them by priority\n\n", 78),
	      "another way of interrupts than the direct one");

	write_counter("", "dropped_irqs", 5);
	result = RUN("cell", "stats", "1", "--once");
	check_contains(result.out,
		       "vmexits_other                      0\n"
		       "dropped_irqs                       5\n",
		       "other counters come after the known");
}

/* What no row of the ABI has, such as priorities that a cell masks by, is not hidden. */
static void test_rows_add_up(void)
{
	struct result result;

	two_cpus();
	write_counter("", "vmexits_total", 9000);
	write_counter("cpu2/", "vmexits_total", 1000);
	result = RUN("cell", "stats", "smp", "--once");
	/* 1001 + ... + 1008, 101 + ... + 108, 901 + ... + 908 */
	check_contains(result.out,
		"vmexits_other                    964         164           0\n",
		"the rows add up to the total");
	write_counter("", "dropped_irqs", 5);
	write_counter("cpu2/", "dropped_irqs", 5);
	write_counter("cpu10/", "dropped_irqs", 0);
	result = RUN("cell", "stats", "smp", "--once");
	check_contains(result.out,
		"vmexits_other                    964         164           0\n",
		"other counters are no exits");
}

static void test_cpu_columns(void)
{
	struct result result;

	two_cpus();
	result = RUN("cell", "stats", "smp", "--once");
	check_contains(result.out,
		"COUNTER                        TOTAL        CPU2       CPU10\n"
		"vmexits_total                   1000         100         900\n",
		"a column for each CPU, by number");
}

static void raise_counters(void)
{
	write_counter("", "vmexits_total", 1000 + 50 * fake.waits);
	write_counter("cpu2/", "vmexits_total", 100 + 5 * fake.waits);
	write_counter("cpu10/", "vmexits_total", 900 + 45 * fake.waits);
}

static void test_rates(void)
{
	struct result result;
	const char *second;

	two_cpus();
	fake.on_wait = raise_counters;
	result = RUN("cell", "stats", "smp", "-n", "2", "-d", "10");
	check_contains(result.out,
		"COUNTER                        TOTAL    PER SECOND"
		"      CPU2/s     CPU10/s\n"
		"vmexits_total                   1050           5.0"
		"         0.5         4.5\n"
		"vmexits_mmio                    1001           0.0"
		"         0.0         0.0\n", "rates of the first table");
	second = strstr(result.out, "\n\nCell 1");
	check_contains(second ? second : "",
		"vmexits_total                   1100           5.0"
		"         0.5         4.5\n", "rates of the second table");
	check(!result.exit_code && fake.waits == 2, "-n 2 waits twice");
	check(!strchr(result.out, '\033'), "no terminal codes");
}

static void test_live(void)
{
	struct result result;
	const char *second;

	two_cpus();
	fake.terminal = true;
	result = RUN("cell", "stats", "smp", "--once");
	check(!strncmp(result.out, "Cell 1", 6) && !strstr(result.out, "q quits"),
	      "--once is the same on a terminal: what was there stays");
	fake.on_wait = raise_counters;
	fake.width = 50 + 14;
	fake.stop_after = 1;
	result = RUN("cell", "stats", "smp");
	check_number(result.exit_code, 0, "live table, ended by a key");
	check(!strncmp(result.out, "\033[H\033[JCell 1", 12),
	      "live table clears the screen");
	check_contains(result.out, "  TOTAL        CPU2       CPU10\n",
		       "the first live table has totals");
	second = strstr(result.out + 1, "\033[H\033[J");
	check_contains(second ? second : "",
		       "TOTAL    PER SECOND      CPU2/s\n", "then rates");
	check_contains(second ? second : "",
		       "\nCOUNTER                    CPU10/s\n"
		       "vmexits_total                 45.0\n",
		       "columns that do not fit come below");
}

static void drop_cpu(void)
{
	write_counters("", 200);
	sysfs_remove("cells/1/statistics/cpu10");
	write_counters("cpu3/", 7);
}

static void test_changing_cpus(void)
{
	struct result result;

	two_cpus();
	fake.on_wait = drop_cpu;
	result = RUN("cell", "stats", "smp", "-n", "1");
	check_contains(result.out,
		"COUNTER                        TOTAL    PER SECOND"
		"      CPU2/s      CPU3/s\n"
		"vmexits_total                    200           0.0"
		"         0.0         0.0\n", "CPUs that come and go");
	check_number(result.exit_code, 0, "are no failure");
}

static void test_json(void)
{
	struct result result;

	fixture_reset();
	sysfs_add_cell(1, "smp", "running", "2,10", "");
	write_counter("", "vmexits_total", 1000);
	write_counter("cpu2/", "vmexits_total", 100);
	write_counter("cpu10/", "vmexits_total", 900);
	result = RUN("cell", "stats", "smp", "--json");
	check_text(result.out,
		   "{\"id\": 1, \"name\": \"smp\", \"state\": \"running\", "
		   "\"cpus_assigned\": [2, 10], \"counters\": {"
		   "\"vmexits_total\": {\"total\": 1000, \"cpus\": {"
		   "\"2\": {\"total\": 100}, \"10\": {\"total\": 900}}}, "
		   "\"vmexits_other\": {\"total\": 1000, \"cpus\": {"
		   "\"2\": {\"total\": 100}, \"10\": {\"total\": 900}}}}, "
		   "\"shared_cpus\": {}}\n",
		   "--json: totals");
	check_number(fake.waits, 0, "--json does not wait");

	fake.on_wait = raise_counters;
	result = RUN("cell", "stats", "smp", "--json", "-n", "1");
	check_contains(result.out,
		       "{\"total\": 1050, \"per_second\": 50.0, \"cpus\": {"
		       "\"2\": {\"total\": 105, \"per_second\": 5.0}, "
		       "\"10\": {\"total\": 945, \"per_second\": 45.0}}}",
		       "--json -n 1: rates");
}

static void write_share(unsigned int used, unsigned int total)
{
	char text[192];

	snprintf(text, sizeof(text), "cpu=1 used_us=1 total_us=2 switches=3 overruns=4 "
		 "longest_away_us=5 cpu=10 used_us=%u total_us=%u switches=7 overruns=2 "
		 "longest_away_us=9000\n", used, total);
	sysfs_write("cells/1/shares", text);
}

static void use_it(void)
{
	write_share(250000, 3000000);
}

static void test_shares(void)
{
	struct result result;

	two_cpus();
	sysfs_write("cells/1/cpus_assigned_list", "2\n");
	sysfs_write("cells/1/cpus_shared_list", "10\n");
	write_share(50000, 1000000);
	result = RUN("cell", "stats", "smp", "--once");
	check_contains(result.out, "Cell 1 \"smp\", running, CPUs 2, shared CPUs 10\n",
		       "a cell that shares a CPU");
	check_contains(result.out,
		"\nSHARED CPU        SHARE     SWITCHES    OVERRUNS   LONGEST AWAY (us)\n"
		"CPU10            5.00 %            7           2                9000\n",
		"its share ever since");
	check(!strstr(result.out, "\nCPU2 "), "its own CPU has none");
	result = RUN("cell", "stats", "smp", "--json");
	check_contains(result.out, "}, \"shared_cpus\": {\"10\": {\"percent\": 5.00, "
		       "\"used_us\": 50000, \"total_us\": 1000000, \"switches\": 7, "
		       "\"overruns\": 2, \"longest_away_us\": 9000}}}\n", "as JSON");
	fake.on_wait = use_it;
	check_contains(RUN("cell", "stats", "smp", "-n", "1").out,
		       "CPU10           10.00 % ", "its share in between");
	/* both samples of a time at which it was shared anew */
	check_contains(RUN("cell", "stats", "smp", "-n", "1").out,
		       "CPU10            8.33 % ", "no time in between");
}

static void destroy_cell(void)
{
	sysfs_remove("cells/1");
}

static void test_refused(void)
{
	struct result result;

	one_cpu();
	check_failure(RUN("cell", "stats", "other"), 1,
		      "jailhouse: cell stats: no cell is named 'other'\n",
		      "unknown name");
	check_failure(RUN("cell", "stats", "7"), 1,
		      "jailhouse: cell stats: no cell has the id 7\n",
		      "unknown id");

	fake.on_wait = destroy_cell;
	result = RUN("cell", "stats", "demo", "-n", "3");
	check_text(result.err, "jailhouse: cell stats: no cell has the id 1\n",
		   "a cell that is destroyed meanwhile");
	check_number(result.exit_code, 1, "ends the display");

	one_cpu();
	sysfs_remove("cells/1/statistics");
	check_failure(RUN("cell", "stats", "demo", "--once"), 1,
		      "jailhouse: cell stats: cannot read the statistics of "
		      "cell 1: No such file or directory\n", "no statistics");

	fixture_reset();
	check_failure(RUN("cell", "stats", "demo"), 1,
		      "jailhouse: cell stats: the hypervisor is not enabled\n",
		      "not enabled");
}

static void test_usage(void)
{
	fixture_reset();
	check_usage(RUN("cell", "stats"), "cell stats", "no cell given",
		    "no cell");
	check_usage(RUN("cell", "stats", "1", "-n", "0"), "cell stats",
		    "option '-n': '0' is not a number from 1 to 2147483647",
		    "no table");
	check_usage(RUN("cell", "stats", "1", "-d", "x"), "cell stats",
		    "option '-d': 'x' is not a number from 1 to 86400",
		    "delay that is no number");
	check_usage(RUN("cell", "stats", "1", "--once", "-n", "2"),
		    "cell stats", "--once and -n exclude each other",
		    "--once and -n");
	check_usage(RUN("cell", "stats", "1", "2"), "cell stats",
		    "unexpected argument '2'", "two cells");
}

int main(void)
{
	test_once();
	test_rows_add_up();
	test_cpu_columns();
	test_rates();
	test_live();
	test_changing_cpus();
	test_json();
	test_shares();
	test_refused();
	test_usage();
	return fixture_end();
}
