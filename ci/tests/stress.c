// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The hypervisor and a cell come and go, many times, under a Linux that is busy on all CPUs. At the end everything is
 * where it was.
 *
 * Kernel parameter: cellblock.rounds=N, of the hypervisor's
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/cellblock.h"
#include "lib/load.h"

#define ROUNDS		30
#define WARM_UP		3
#define CELLS_ROUNDS	10
#define STARTS		40
#define LIMIT		20000	/* ms */
#define TICKING		CB_QUIET "period=1000 report=20"

/* What Linux may hold more or less of at the end, in kB: caches */
#define SLACK		4096

struct memory {
	long total, free, slab, available;
};

/* Free pages that CPUs keep on lists of their own, which MemFree and MemAvailable leave out: in kB */
static long on_cpu_lists(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long pages = 0, count;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	if (file)
		fclose(file);
	return pages * 4;
}

static struct memory measure(void)
{
	struct memory memory;
	long listed;

	/* twice: the first pass makes objects free that the second one gives back */
	cb_write("/proc/sys/vm/drop_caches", "3");
	cb_write("/proc/sys/vm/drop_caches", "3");
	cb_sleep_ms(200);
	memory.total = cb_meminfo("MemTotal:");
	listed = on_cpu_lists();
	memory.free = cb_meminfo("MemFree:") + listed;
	memory.slab = cb_meminfo("Slab:");
	memory.available = cb_meminfo("MemAvailable:") + listed;
	return memory;
}

FIXTURE(busy) {
	struct cb_load load;
	struct cb_console con;
	int cpus;
};

FIXTURE_SETUP(busy)
{
	ASSERT_EQ(0, cb_fresh());
	self->cpus = cb_num_online();
	self->load.count = 0;
}

FIXTURE_TEARDOWN(busy)
{
	cb_load_stop(&self->load);
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_EQ(0, cb_rmmod());
}

/* One life of a cell; its pages come back to the pool. */
static void cell_round(struct __test_metadata *_metadata, struct cb_console *con)
{
	long used = cb_number("mem_pool_used");

	ASSERT_EQ(1, cb_create("timer-demo")) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_boot("timer-demo", "timer-demo", TICKING)) TH_LOG("%s", cb_error());
	ASSERT_NE(NULL, cb_console_wait(con, "Timer fired", LIMIT)) TH_LOG("%s", cb_console_all(con));
	ASSERT_EQ(0, cb_destroy("timer-demo", 0)) TH_LOG("%s", cb_error());
	EXPECT_EQ(used, cb_number("mem_pool_used"));
}

static void enable_round(struct __test_metadata *_metadata, struct cb_console *con, long *used)
{
	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	if (*used < 0)
		*used = cb_number("mem_pool_used");
	EXPECT_EQ(*used, cb_number("mem_pool_used"));
	ASSERT_EQ(0, cb_console_open(con));
	cell_round(_metadata, con);
	cb_console_close(con);
	ASSERT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
}

TEST_F_TIMEOUT(busy, enable_and_disable, 400)
{
	int rounds = (int)cb_parameter("cellblock.rounds=", ROUNDS), round;
	struct memory before, after;
	long used = -1;

	ASSERT_EQ(0, cb_load_start(&self->load));
	for (round = 0; round < WARM_UP; round++)
		enable_round(_metadata, &self->con, &used);
	cb_load_stop(&self->load);
	before = measure();

	ASSERT_EQ(0, cb_load_start(&self->load));
	for (round = WARM_UP; round < rounds; round++)
		enable_round(_metadata, &self->con, &used);
	EXPECT_EQ(self->cpus, cb_num_online());
	cb_load_stop(&self->load);
	after = measure();

	EXPECT_EQ(before.total, after.total);
	EXPECT_GT(SLACK, labs(before.free - after.free)) TH_LOG("%ld kB, then %ld", before.free, after.free);
	EXPECT_GT(SLACK, labs(before.available - after.available))
		TH_LOG("%ld kB, then %ld", before.available, after.available);
	EXPECT_GT(SLACK, after.slab - before.slab) TH_LOG("%ld kB, then %ld", before.slab, after.slab);
}

/* Two cells of three CPUs, in and out of one hypervisor. */
TEST_F_TIMEOUT(busy, create_and_destroy, 200)
{
	struct memory before, after;
	long used;
	int round;

	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&self->con));
	ASSERT_EQ(0, cb_load_start(&self->load));
	for (round = 0; round < WARM_UP; round++)
		cell_round(_metadata, &self->con);
	cb_load_stop(&self->load);
	before = measure();
	used = cb_number("mem_pool_used");

	ASSERT_EQ(0, cb_load_start(&self->load));
	for (round = 0; round < CELLS_ROUNDS; round++) {
		if (round == CELLS_ROUNDS / 2) {
			ASSERT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
			ASSERT_EQ(0, cb_boot("smp-demo", "smp-demo", CB_QUIET "period=0 rounds=100"))
				TH_LOG("%s", cb_error());
			ASSERT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
			ASSERT_EQ(0, cb_destroy("smp-demo", 0)) TH_LOG("%s", cb_error());
		}
		cell_round(_metadata, &self->con);
		cb_console_skip(&self->con);
	}
	cb_load_stop(&self->load);
	after = measure();
	EXPECT_EQ(used, cb_number("mem_pool_used"));
	EXPECT_EQ(before.total, after.total);
	EXPECT_GT(SLACK, labs(before.free - after.free)) TH_LOG("%ld kB, then %ld", before.free, after.free);
	cb_console_close(&self->con);
	ASSERT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
}

/* A cell's program starts and stops quickly, at points that nobody chose. */
TEST_F_TIMEOUT(busy, start_and_stop, 120)
{
	int round;

	ASSERT_EQ(0, cb_enable(NULL)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_console_open(&self->con));
	ASSERT_EQ(1, cb_create("smp-demo")) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_load_start(&self->load));
	for (round = 0; round < STARTS; round++) {
		ASSERT_EQ(0, cb_boot("smp-demo", "smp-demo", CB_QUIET "period=0 rounds=1000")) TH_LOG("%s", cb_error());
		cb_sleep_ms((unsigned int)(round * 13 % 40));
		ASSERT_EQ(0, cb_shutdown("smp-demo", CB_FORCE)) TH_LOG("%s", cb_error());
		EXPECT_STREQ("shut down", cb_state("smp-demo"));
	}
	cb_console_skip(&self->con);
	ASSERT_EQ(0, cb_boot("smp-demo", "smp-demo", CB_QUIET "period=0 rounds=100")) TH_LOG("%s", cb_error());
	EXPECT_NE(NULL, cb_console_wait(&self->con, "round trips", LIMIT));
	cb_console_close(&self->con);
	ASSERT_EQ(0, cb_disable()) TH_LOG("%s", cb_error());
}

TEST_HARNESS_MAIN
