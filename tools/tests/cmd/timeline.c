/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* cell timeline: turns in their order, text and picture */

#include <stdio.h>
#include <string.h>

#include "tests/fixture.h"
#include "turns.h"

#define MS	1000000ULL

static struct jailhouse_cpu_turns cpu;

static void begin(unsigned int number)
{
	cpu = (struct jailhouse_cpu_turns) { .cpu = number };
}

/* The next turn has begun and ended. */
static void add(u64 start, u64 end)
{
	cpu.begun_after = ++cpu.begun;
	cpu.turn[cpu.begun % JAILHOUSE_CPU_TURNS].begin = start;
	cpu.turn[cpu.begun % JAILHOUSE_CPU_TURNS].end = end;
}

static void test_order(void)
{
	struct turns turns;

	begin(3);
	turns_sort(&turns, &cpu);
	check(!turns.count && !turns.runs && turns.all && turns.cpu == 3, "none yet");
	cpu.begun = cpu.begun_after = 1;
	turns_sort(&turns, &cpu);
	check(!turns.count && turns.runs, "the first one runs");
	begin(3);
	for (u64 k = 1; k <= JAILHOUSE_CPU_TURNS; k++)
		add(10 * k, 10 * k + 5);
	turns_sort(&turns, &cpu);
	check_number(turns.count, JAILHOUSE_CPU_TURNS, "a full ring");
	check(turns.all && !turns.runs && turns.turn[0].begin == 10, "the oldest is the first");
	add(5000, 5005);
	cpu.begun_after++;
	turns_sort(&turns, &cpu);
	check_number((long long)turns.turn[0].begin, 30, "one that may be overwritten is left out");
	check_number((long long)turns.turn[turns.count - 1].end, 5005, "the newest is the last");
	cpu.begun++;
	turns_sort(&turns, &cpu);
	check(!turns.all && turns.runs && turns.turn[turns.count - 1].end == 5005,
	      "one that has not ended is not there");
}

static void write_turns(unsigned int cell)
{
	char path[64];

	snprintf(path, sizeof(path), "cells/%u/turns", cell);
	sysfs_write_bytes(path, &cpu, sizeof(cpu));
}

static void two_cells(void)
{
	fixture_reset();
	sysfs_write("enabled", "1\n");
	sysfs_add_cell(0, "machine", "running", "0-1", "");
	sysfs_add_cell(1, "first", "running", "", "");
	sysfs_add_cell(2, "second", "running", "", "");
	sysfs_write("cells/1/cpus_shared_list", "1\n");
	sysfs_write("cells/2/cpus_shared_list", "1\n");
	begin(1);
	add(0, 1 * MS);
	add(10 * MS, 12 * MS);
	add(20 * MS, 22 * MS);
	write_turns(1);
	begin(1);
	add(5 * MS, 5 * MS + 100000);
	add(15 * MS, 16 * MS);
	write_turns(2);
}

static void test_text(void)
{
	two_cells();
	fake.terminal = true;
	fake.width = 23 + 22;
	check_output(RUN("cell", "timeline", "-l", "22"),
		     "CPU 1: 22.0 ms, a column is 1.00 ms\n"
		     "first       |#         ##        ##| 22.73 %\n"
		     "second      |     .         #      |  5.00 %\n"
		     "Linux       | #########  ### ####  | 72.27 %\n", "two cells");
	check_contains(RUN("cell", "timeline", "-l", "2").out,
		       "first       |####", "the last 2 ms");
	check_contains(RUN("cell", "timeline", "-l", "2", "-b", "5").out,
		       "first       |    ", "those of some time before");
}

static void test_picture(void)
{
	static char text[8192];
	const char *path;
	FILE *file;

	two_cells();
	path = make_file("timeline.svg", "", 0);
	check_number(RUN("cell", "timeline", "-l", "22", "--svg", path).exit_code, 0,
		     "a picture");
	file = fopen(path, "r");
	if (file) {
		text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
		fclose(file);
	}
	check(strstr(text, "<svg ") && strstr(text, "</svg>\n"), "that is SVG");
	check_contains(text, ">second</text>", "with names");
	check_contains(text, "<rect x=\"439.09\" y=\"30\" width=\"61.82\" height=\"18\"/>\n",
		       "and turns");
}

static void test_refused(void)
{
	fixture_reset();
	sysfs_write("enabled", "1\n");
	sysfs_add_cell(0, "machine", "running", "0-1", "");
	check_failure(RUN("cell", "timeline"), 1,
		      "jailhouse: cell timeline: no cell shares a CPU with Linux\n",
		      "nothing is shared");
	check_number(RUN("cell", "timeline", "-l", "0").exit_code, 2, "no length");
}

int main(void)
{
	test_order();
	test_text();
	test_picture();
	test_refused();
	return fixture_end();
}
