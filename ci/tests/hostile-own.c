// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Cells whose program is out of its own control (inmates/tests/hostile-own.c): their translation has harsh values, or
 * random instructions run at EL0, in 64 and 32 bits. Each start tries another seed and is stopped by force. They can
 * fail, with a report, and nothing else. Values that make a CPU deaf for good are for cells with injected delivery.
 * hostile.c has all that a program survives, in virtual time, which would stand still where no instruction completes.
 *
 * Kernel parameters: cellblock.seed=N, cellblock.rounds=N
 */

#include <jailhouse/cell-config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/attack.h"
#include "lib/enabled.h"
#include "lib/load.h"

#define LIMIT		60000	/* ms, for the victim's reports */
#define ROUNDS		25
#define RUNS_MS		30
#define CELL		"inmate-test"

/* The inmate test's cell, with more flags */
static int create(unsigned int flags)
{
	size_t size;
	struct jailhouse_cell_desc *cell = cb_read_config(CELL, &size);
	int ret;

	if (!cell)
		return -1;
	cell->flags |= flags;
	ret = cb_create_raw(cell, size);
	free(cell);
	return ret;
}

/* After the cell's end its CPUs are root's again, and work; the victim has noticed nothing. */
static void expect_well(struct __test_metadata *_metadata, struct cb_console *con)
{
	EXPECT_TRUE(cb_victim_is_well(con, LIMIT)) TH_LOG("%s: %s", cb_state(CB_VICTIM), cb_console_all(con));
	EXPECT_DONE(cb_destroy(CELL, CB_FORCE));
	EXPECT_TRUE(cb_is_online(2) && cb_is_online(3));
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

static void attack(struct __test_metadata *_metadata, struct cb_console *con, const char *part, unsigned int flags)
{
	unsigned long seed = cb_parameter("cellblock.seed=", 1) * 1000, round, failed = 0;
	unsigned long rounds = cb_parameter("cellblock.rounds=", ROUNDS);
	char params[100];

	ASSERT_LE(0, cb_victim_start("")) TH_LOG("%s", cb_error());
	ASSERT_LE(0, create(flags)) TH_LOG("%s", cb_error());
	for (round = 0; round < rounds; round++) {
		snprintf(params, sizeof(params), CB_QUIET "part=%s seed=%lu", part, seed + round);
		ASSERT_EQ(0, cb_boot(CELL, "hostile-own", params)) TH_LOG("%s", cb_error());
		cb_sleep_ms(RUNS_MS);
		failed += !strcmp(cb_state(CELL), "failed");
		ASSERT_EQ(0, cb_shutdown(CELL, CB_FORCE)) TH_LOG("%s: %s", params, cb_error());
	}
	dprintf(STDOUT_FILENO, "# %s: tried %lu, of which %lu failed, escaped 0 (seed %lu)\n", part, rounds, failed,
		seed);
	expect_well(_metadata, con);
}

/* Stage 2 has no part in what it does, and PSTATE masks all: only an interrupt that is EL2's ends it. */
TEST_F(enabled, deaf)
{
	if (cb_is_gicv2())
		SKIP(return, "no injected delivery with a GICv2");
	ASSERT_LE(0, cb_victim_start("")) TH_LOG("%s", cb_error());
	ASSERT_LE(0, create(JAILHOUSE_CELL_GIC_PMR)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_boot(CELL, "hostile-own", CB_QUIET "part=deaf")) TH_LOG("%s", cb_error());
	ASSERT_TRUE(cb_console_wait(&self->con, "hostile: deaf", LIMIT));
	cb_sleep_ms(RUNS_MS);
	EXPECT_STREQ("running", cb_state(CELL));
	EXPECT_EQ(0, cb_shutdown(CELL, CB_FORCE)) TH_LOG("%s", cb_error());
	ASSERT_EQ(0, cb_boot(CELL, "hostile-own", CB_QUIET "part=deaf")) TH_LOG("%s", cb_error());
	cb_sleep_ms(RUNS_MS);
	expect_well(_metadata, &self->con);
}

TEST_F_TIMEOUT(enabled, translation, 200)
{
	attack(_metadata, &self->con, "translation", 0);
}

/* Deaf in any way that random values find */
TEST_F_TIMEOUT(enabled, translation_injected, 200)
{
	if (cb_is_gicv2())
		SKIP(return, "no injected delivery with a GICv2");
	attack(_metadata, &self->con, "wild", JAILHOUSE_CELL_GIC_PMR);
}

TEST_F_TIMEOUT(enabled, el0, 200)
{
	attack(_metadata, &self->con, "el0", 0);
}

TEST_F_TIMEOUT(enabled, el0_a32, 200)
{
	attack(_metadata, &self->con, "a32", 0);
}

TEST_F_TIMEOUT(enabled, el0_t32, 200)
{
	attack(_metadata, &self->con, "t32", 0);
}

TEST_HARNESS_MAIN
