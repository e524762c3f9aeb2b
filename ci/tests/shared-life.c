// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* The life of cells on CPUs that Linux shares with them: faults, restarts, many of them, several on a CPU, CPU_OFF. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jailhouse/cell-config.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/load.h"
#include "lib/rogue.h"

#define CPU(n)		(1ULL << (n))
#define CELL		"inmate-test"
#define LIMIT		60000	/* ms */
#define SECONDS		200	/* a test */
#define BUDGET		4000	/* us of 10 ms */
#define CYCLES		100
#define PSCI_CPU_OFF	0x84000002
#define PSCI_DENIED	(-3)

#define NEEDS_GICV3	do { if (cb_is_gicv2()) SKIP(return, "no GICv3"); } while (0)

/* All of Linux works, on the shared CPUs too, and has said nothing bad. */
static void expect_well(struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, cb_broken_cpu());
	EXPECT_FALSE(cb_kernel_said("Call trace:"));
}

static bool wait_failure(const char *text)
{
	uint64_t end = cb_now_ms() + LIMIT;

	while (!strstr(cb_text("cells/1/failure"), text) && cb_now_ms() < end)
		cb_sleep_ms(10);
	return strstr(cb_text("cells/1/failure"), text);
}

/* A program that comes to its end */
static void expect_runs(struct __test_metadata *_metadata, struct cb_console *con, const char *cell,
			const char *program)
{
	ASSERT_DONE(cb_boot(cell, program, CB_QUIET "injected=1"));
	EXPECT_TRUE(cb_wait_state(cell, "shut down", LIMIT)) TH_LOG("%s", cb_console_all(con));
	EXPECT_NE(NULL, cb_console_wait(con, " fail:0 ", LIMIT)) TH_LOG("%s", cb_console_all(con));
}

TEST_F_TIMEOUT(enabled, faults, SECONDS)
{
	static const struct {
		const char *params, *words;
	} faults[] = {
		{ CB_QUIET "access=root-write", "CPU 2: write at 0x40000000, PC 0x" },
		{ CB_QUIET "access=hypervisor-execute cpu=1", "CPU 3: instruction fetch at 0x70000000, PC 0x" },
		{ CB_QUIET "access=root-write cpu=1", "CPU 3: write at 0x40000000, PC 0x" },
	};

	NEEDS_GICV3;
	ASSERT_EQ(1, cb_create_sharing(CELL, 0, CPU(2) | CPU(3), BUDGET)) TH_LOG("%s", cb_error());
	for (unsigned int n = 0; n < sizeof(faults) / sizeof(faults[0]); n++) {
		ASSERT_DONE(cb_boot(CELL, "border", faults[n].params));
		EXPECT_TRUE(wait_failure(faults[n].words)) TH_LOG("%s", cb_text("cells/1/failure"));
		EXPECT_STREQ("failed", cb_state(CELL));
		expect_well(_metadata);
	}
	expect_runs(_metadata, &self->con, CELL, "border");
	EXPECT_STREQ("", cb_text("cells/1/failure"));
}

TEST_F_TIMEOUT(enabled, watchdog, SECONDS)
{
	struct jailhouse_cell_desc *config;
	size_t size;

	NEEDS_GICV3;
	config = cb_read_config("shared-test", &size);
	ASSERT_NE(NULL, config);
	config->flags |= JAILHOUSE_CELL_RESTARTS(2);
	ASSERT_EQ(1, cb_create_raw(config, size)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot("shared-test", "watchdog", CB_QUIET "end=hang timeout=500"));
	EXPECT_TRUE(wait_failure("watchdog: no kick for 500 ms; given up after 2 restarts"))
		TH_LOG("%s", cb_text("cells/1/failure"));
	EXPECT_EQ(2, cb_number("cells/1/restarts"));
	expect_well(_metadata);
	expect_runs(_metadata, &self->con, "shared-test", "start");
	free(config);
}

/* Nothing is lost by it: the fixture compares the hypervisor's memory. */
TEST_F_TIMEOUT(enabled, again_and_again, SECONDS)
{
	NEEDS_GICV3;
	for (unsigned int n = 0; n < CYCLES; n++) {
		ASSERT_LT(0, cb_create_sharing(CELL, 0, CPU(2) | CPU(3), BUDGET)) TH_LOG("%s", cb_error());
		ASSERT_DONE(cb_boot(CELL, n % 2 ? "stuck" : "timer-demo", CB_QUIET "how=masked period=500"));
		if (n % 4 < 2)
			ASSERT_DONE(cb_shutdown(CELL, CB_FORCE));
		ASSERT_DONE(cb_destroy(CELL, CB_FORCE));
	}
	expect_well(_metadata);
}

TEST_F_TIMEOUT(enabled, two_on_a_cpu, SECONDS)
{
	long exits;
	uint64_t end;

	NEEDS_GICV3;
	ASSERT_EQ(1, cb_create_sharing("timer-demo", 0, CPU(2), 2000)) TH_LOG("%s", cb_error());
	ASSERT_EQ(2, cb_create_sharing(CELL, 0, CPU(2) | CPU(3), BUDGET)) TH_LOG("%s", cb_error());
	/* both have one console, where what it says would be amid the lines of the other */
	ASSERT_DONE(cb_boot("timer-demo", "timer-demo", CB_QUIET "period=1000 report=1000000"));
	expect_runs(_metadata, &self->con, CELL, "timer");
	expect_runs(_metadata, &self->con, CELL, "fp");
	EXPECT_STREQ("running", cb_state("timer-demo"));
	/* one goes, the other one goes on */
	ASSERT_DONE(cb_destroy(CELL, 0));
	exits = cb_counter("timer-demo", -1, "vmexits_total");
	end = cb_now_ms() + LIMIT;
	while (cb_counter("timer-demo", -1, "vmexits_total") < exits + 100 && cb_now_ms() < end)
		cb_sleep_ms(10);
	EXPECT_LE(exits + 100, cb_counter("timer-demo", -1, "vmexits_total"));
	expect_well(_metadata);
}

/* Its CPUs need not be of one kind. */
TEST_F_TIMEOUT(enabled, own_and_shared, SECONDS)
{
	NEEDS_GICV3;
	ASSERT_EQ(1, cb_create_sharing(CELL, CPU(3), CPU(2), BUDGET)) TH_LOG("%s", cb_error());
	EXPECT_FALSE(cb_is_online(3));
	expect_runs(_metadata, &self->con, CELL, "smp");
	expect_runs(_metadata, &self->con, CELL, "timer");
	expect_well(_metadata);
	ASSERT_DONE(cb_destroy(CELL, 0));
	EXPECT_TRUE(cb_is_online(3));
	expect_well(_metadata);
}

/* While others share it, root's CPU_OFF is denied, and it is the first who can. */
TEST_F(enabled, root_cpu_off)
{
	NEEDS_GICV3;
	ASSERT_EQ(1, cb_create_sharing(CELL, 0, CPU(2), BUDGET)) TH_LOG("%s", cb_error());
	EXPECT_EQ(PSCI_DENIED, (int)cb_rogue_smc(2, PSCI_CPU_OFF, 0, 0, 0));
	ASSERT_DONE(cb_boot(CELL, "timer-demo", CB_QUIET "period=1000"));
	EXPECT_EQ(PSCI_DENIED, (int)cb_rogue_smc(2, PSCI_CPU_OFF, 0, 0, 0));
	EXPECT_EQ(-EBUSY, cb_set_online(2, false));
	EXPECT_STREQ("running", cb_state(CELL));
	expect_well(_metadata);
}

/* With a cell that runs */
TEST_F(enabled, disable)
{
	NEEDS_GICV3;
	ASSERT_EQ(1, cb_create_sharing(CELL, 0, CPU(2), BUDGET)) TH_LOG("%s", cb_error());
	ASSERT_DONE(cb_boot(CELL, "stuck", CB_QUIET "how=masked"));
	EXPECT_DONE(cb_shutdown(CELL, CB_FORCE));
	ASSERT_DONE(cb_disable());
	expect_well(_metadata);
	EXPECT_EQ(0, cb_set_online(2, false));
	EXPECT_EQ(0, cb_set_online(2, true));
	ASSERT_DONE(cb_enable(NULL));
}

TEST_HARNESS_MAIN
