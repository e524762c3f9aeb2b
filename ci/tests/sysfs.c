// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Every file below /sys/devices/jailhouse: is it there, and is what it says true? */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"

#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=100"

static const char * const system_files[] = {
	"console", "console_last", "console_stamped", "enabled", "mem_pool_size", "mem_pool_used", "remap_pool_size",
	"remap_pool_used",
};

static const char * const cell_files[] = {
	"name", "state", "cpus_assigned", "cpus_assigned_list", "cpus_failed", "cpus_failed_list",
	"failure", "first_failure", "fault", "accesses", "permissive", "irq_delivery", "restarts", "reset_address",
	"loadable_regions", "links",
	"cpus_shared", "cpus_shared_list", "sharing", "shares", "paravirt",
};

static const char * const secret_files[] = { "config", "turns" };

static const char * const counters[] = {
	"vmexits_total", "vmexits_mmio", "vmexits_management", "vmexits_hypercall", "vmexits_maintenance",
	"vmexits_virt_irq", "vmexits_virt_sgi", "vmexits_psci", "vmexits_smccc",
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Regular files that can be read, and nothing else. */
static void expect_files(struct __test_metadata *_metadata, const char *folder, const char * const *names,
			 unsigned int count)
{
	char path[256];
	struct stat st;
	unsigned int i;

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), CB_SYSFS "%s%s", folder, names[i]);
		ASSERT_EQ(0, stat(path, &st)) TH_LOG("%s", path);
		EXPECT_EQ(S_IFREG | 0444, st.st_mode) TH_LOG("%s", path);
	}
}

/* How many entries has a folder that are files (or folders)? */
static int count_entries(const char *path, unsigned char type)
{
	char full[256];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(full, sizeof(full), CB_SYSFS "%s", path);
	dir = opendir(full);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (entry->d_type == type && entry->d_name[0] != '.')
			count++;
	closedir(dir);
	return count;
}

static void expect_cell_folder(struct __test_metadata *_metadata, int id, int first_cpu, int last_cpu)
{
	unsigned int i;
	struct stat st;
	char path[128];
	int cpu;

	snprintf(path, sizeof(path), "cells/%d/", id);
	expect_files(_metadata, path, cell_files, COUNT(cell_files));
	/* and those for root alone */
	EXPECT_EQ(COUNT(cell_files) + COUNT(secret_files), count_entries(path, DT_REG));
	for (i = 0; i < COUNT(secret_files); i++) {
		snprintf(path, sizeof(path), CB_SYSFS "cells/%d/%s", id, secret_files[i]);
		EXPECT_EQ(0, stat(path, &st));
		EXPECT_EQ(S_IFREG | 0400, st.st_mode);
	}
	snprintf(path, sizeof(path), "cells/%d/statistics/", id);
	expect_files(_metadata, path, counters, COUNT(counters));
	EXPECT_EQ(COUNT(counters), count_entries(path, DT_REG));
	EXPECT_EQ(last_cpu - first_cpu + 1, count_entries(path, DT_DIR));
	for (cpu = first_cpu; cpu <= last_cpu; cpu++) {
		snprintf(path, sizeof(path), "cells/%d/statistics/cpu%d/", id, cpu);
		expect_files(_metadata, path, counters, COUNT(counters));
		EXPECT_EQ(COUNT(counters), count_entries(path, DT_REG));
	}
}

FIXTURE(disabled) {
};

FIXTURE_SETUP(disabled)
{
	ASSERT_EQ(0, cb_fresh());
}

FIXTURE_TEARDOWN(disabled)
{
	EXPECT_EQ(0, cb_rmmod());
}

TEST_F(disabled, files)
{
	expect_files(_metadata, "", system_files, COUNT(system_files));
	EXPECT_EQ(0, cb_number("enabled"));
	EXPECT_EQ(0, cb_number("mem_pool_size"));
	EXPECT_EQ(0, cb_number("mem_pool_used"));
	EXPECT_EQ(0, cb_number("remap_pool_size"));
	EXPECT_EQ(0, cb_number("remap_pool_used"));
	EXPECT_STREQ("", cb_text("console"));
	EXPECT_EQ(0, count_entries("cells", DT_DIR));
}

TEST_F(disabled, gone_with_the_module)
{
	ASSERT_EQ(0, cb_rmmod());
	EXPECT_FALSE(cb_exists("cells"));
	EXPECT_NE(0, access("/dev/jailhouse", F_OK));
	ASSERT_EQ(0, cb_insmod(""));
}

TEST_F(enabled, system_files)
{
	long size = cb_number("mem_pool_size");

	expect_files(_metadata, "", system_files, COUNT(system_files));
	EXPECT_EQ(1, cb_number("enabled"));
	/* pages: less than the 4 MiB of the configuration, image and configuration come before the pool */
	EXPECT_LT(0, size);
	EXPECT_GT(1024, size);
	EXPECT_LT(0, self->used);
	EXPECT_GT(size, self->used);
	EXPECT_LE(0, cb_number("remap_pool_size"));
	EXPECT_LE(cb_number("remap_pool_used"), cb_number("remap_pool_size"));
	EXPECT_EQ(1, count_entries("cells", DT_DIR));
}

TEST_F(enabled, root_cell)
{
	char list[16];

	snprintf(list, sizeof(list), "0-%d", self->cpus - 1);
	expect_cell_folder(_metadata, 0, 0, self->cpus - 1);
	EXPECT_STREQ("qemu-arm64", cb_text("cells/0/name"));
	EXPECT_STREQ("running", cb_text("cells/0/state"));
	EXPECT_STREQ(list, cb_text("cells/0/cpus_assigned_list"));
	EXPECT_EQ((1L << self->cpus) - 1, strtol(cb_text("cells/0/cpus_assigned"), NULL, 16));
	EXPECT_STREQ("", cb_text("cells/0/cpus_failed_list"));
	EXPECT_EQ(0, strtol(cb_text("cells/0/cpus_failed"), NULL, 16));
}

/* The cell's folder comes and goes; its CPUs move between its statistics and root's. */
TEST_F(enabled, another_cell)
{
	ASSERT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
	expect_cell_folder(_metadata, 1, 2, 3);
	EXPECT_EQ(2, count_entries("cells", DT_DIR));
	EXPECT_STREQ("smp-demo", cb_text("cells/1/name"));
	EXPECT_STREQ("shut down", cb_text("cells/1/state"));
	EXPECT_STREQ("2-3", cb_text("cells/1/cpus_assigned_list"));
	EXPECT_EQ(0xc, strtol(cb_text("cells/1/cpus_assigned"), NULL, 16));
	EXPECT_STREQ("", cb_text("cells/1/cpus_failed_list"));
	EXPECT_FALSE(cb_exists("cells/0/statistics/cpu2"));
	EXPECT_FALSE(cb_exists("cells/0/statistics/cpu3"));
	EXPECT_STREQ("0-1", cb_text("cells/0/cpus_assigned_list"));
	EXPECT_LT(self->used, cb_number("mem_pool_used"));

	ASSERT_DONE(cb_destroy("smp-demo", 0));
	EXPECT_FALSE(cb_exists("cells/1"));
	EXPECT_EQ(1, count_entries("cells", DT_DIR));
	EXPECT_STREQ("0-3", cb_text("cells/0/cpus_assigned_list"));
	expect_cell_folder(_metadata, 0, 0, self->cpus - 1);
	EXPECT_EQ(self->used, cb_number("mem_pool_used"));
}

/* A file that was opened before its cell went answers an error, and the kernel lives. */
TEST_F(enabled, open_while_the_cell_goes)
{
	char text[64];
	FILE *file;

	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	file = fopen(CB_SYSFS "cells/1/statistics/vmexits_total", "re");
	ASSERT_NE(NULL, file);
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	EXPECT_EQ(NULL, fgets(text, sizeof(text), file));
	fclose(file);
}

static long sum_of_cpus(const char *cell, const char *counter, int first, int last)
{
	long sum = 0;

	for (; first <= last; first++)
		sum += cb_counter(cell, first, counter);
	return sum;
}

/* The statistics count what the cell is known to do. */
TEST_F(enabled, counters_of_a_cell)
{
	const char *name;
	unsigned int i;
	long before;

	ASSERT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("smp-demo", "smp-demo", CB_QUIET "rounds=100 count=3 period=10"));
	ASSERT_TRUE(cb_wait_state("smp-demo", "shut down", LIMIT));
	for (i = 0; i < COUNT(counters); i++) {
		name = counters[i];
		EXPECT_EQ(cb_counter("smp-demo", -1, name), sum_of_cpus("smp-demo", name, 2, 3)) TH_LOG("%s", name);
	}
	/* one PING or PONG for each of 300 rounds, and a STOP */
	EXPECT_LE(301, cb_counter("smp-demo", 2, "vmexits_virt_sgi"));
	EXPECT_LE(300, cb_counter("smp-demo", 3, "vmexits_virt_sgi"));
	/* characters of the console */
	EXPECT_LE(100, cb_counter("smp-demo", 2, "vmexits_hypercall"));
	/* CPU_ON of the partner, and its CPU_OFF */
	EXPECT_LE(1, cb_counter("smp-demo", 2, "vmexits_psci"));
	EXPECT_LE(1, cb_counter("smp-demo", 3, "vmexits_psci"));
	EXPECT_LE(1, cb_counter("smp-demo", 2, "vmexits_mmio"));
	/* direct delivery */
	EXPECT_EQ(0, cb_counter("smp-demo", -1, "vmexits_virt_irq"));
	EXPECT_EQ(0, cb_counter("smp-demo", -1, "vmexits_maintenance"));
	before = cb_counter("smp-demo", -1, "vmexits_total");
	EXPECT_LE(cb_counter("smp-demo", -1, "vmexits_virt_sgi") + cb_counter("smp-demo", -1, "vmexits_hypercall") +
		  cb_counter("smp-demo", -1, "vmexits_psci") + cb_counter("smp-demo", -1, "vmexits_mmio"), before);
	/* nothing runs: nothing counts */
	EXPECT_EQ(before, cb_counter("smp-demo", -1, "vmexits_total"));
}

/* A cell that only takes timer interrupts has no exit but those for what it prints. */
TEST_F(enabled, no_exit_for_a_timer_interrupt)
{
	long calls, exits;

	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", CB_QUIET "period=1000 report=500"));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "   1: Timer fired", LIMIT));
	/* the hypercalls are counted for longer than all exits, however late we get to it */
	calls = cb_counter("timer-demo", -1, "vmexits_hypercall");
	exits = cb_counter("timer-demo", -1, "vmexits_total");
	ASSERT_NE(NULL, cb_console_wait(&self->con, "   2: Timer fired 500 times", LIMIT));
	exits = cb_counter("timer-demo", -1, "vmexits_total") - exits;
	calls = cb_counter("timer-demo", -1, "vmexits_hypercall") - calls;
	EXPECT_LE(exits, calls);
	EXPECT_LT(0, calls);
}

/* Root's own: a hypercall for each file, on the CPU that reads it. */
TEST_F(enabled, counters_of_root)
{
	long calls, other;
	int i;

	ASSERT_EQ(0, cb_pin(1));
	calls = cb_counter("qemu-arm64", 1, "vmexits_hypercall");
	other = cb_counter("qemu-arm64", 2, "vmexits_hypercall");
	for (i = 0; i < 100; i++)
		cb_number("mem_pool_used");
	EXPECT_LE(calls + 100, cb_counter("qemu-arm64", 1, "vmexits_hypercall"));
	EXPECT_EQ(other, cb_counter("qemu-arm64", 2, "vmexits_hypercall"));
	EXPECT_LE(calls + 100, cb_counter("qemu-arm64", 1, "vmexits_total"));
	EXPECT_LT(0, cb_counter("qemu-arm64", -1, "vmexits_virt_sgi"));
}

/* A new cell's statistics begin with the cell. */
TEST_F(enabled, counters_begin_at_zero)
{
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", TICKING));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "Timer fired", LIMIT));
	ASSERT_DONE(cb_destroy("timer-demo", 0));
	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_counter("timer-demo", -1, "vmexits_hypercall"));
	EXPECT_EQ(0, cb_counter("timer-demo", -1, "vmexits_mmio"));
	EXPECT_EQ(0, cb_counter("timer-demo", -1, "vmexits_virt_sgi"));
	EXPECT_EQ(0, cb_counter("timer-demo", -1, "vmexits_psci"));
	EXPECT_EQ(0, cb_counter("timer-demo", -1, "vmexits_smccc"));
}

/* The command shows the same. */
TEST_F(enabled, cell_list)
{
	char out[2048];

	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell list --json")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "\"timer-demo\"")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "\"shut down\"")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "\"qemu-arm64\"")) TH_LOG("%s", out);
	EXPECT_EQ(0, cb_run(out, sizeof(out), "jailhouse cell stats --json timer-demo")) TH_LOG("%s", out);
	EXPECT_NE(NULL, strstr(out, "\"vmexits_total\"")) TH_LOG("%s", out);
}

TEST_HARNESS_MAIN
