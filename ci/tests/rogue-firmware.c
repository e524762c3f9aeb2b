// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A hostile root and the firmware: no call of root's starts code at EL2 or changes a CPU's power behind the
 * hypervisor's back.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/enabled.h"
#include "lib/rogue.h"

#define NOT_SUPPORTED	(-1L)

/* Functions of QEMU's PSCI 0.1, which its PSCI 1.1 still serves */
#define PSCI_0_1_CPU_SUSPEND	0x95c1ba5e
#define PSCI_0_1_CPU_OFF	0x95c1ba5f
#define PSCI_0_1_CPU_ON		0x95c1ba60
#define PSCI_0_1_MIGRATE	0x95c1ba61

/* A CPU that Linux has switched off, and code that tells its exception level. */
static void expect_not_started(struct __test_metadata *_metadata, uint32_t function)
{
	struct rogue_stub stub = cb_rogue_stub();
	int cpu = cb_num_cpus() - 1;

	ASSERT_EQ(0, cb_set_online(cpu, false));
	EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, function, (uint64_t)cpu, stub.entry, stub.word));
	cb_sleep_ms(100);
	EXPECT_EQ(0, cb_rogue_word());
	ASSERT_EQ(0, cb_set_online(cpu, true));
}

TEST_F(enabled, the_stub_works)
{
	struct rogue_stub stub = cb_rogue_stub();
	int cpu = cb_num_cpus() - 1;

	/* the way that is root's right: at EL1 */
	ASSERT_EQ(0, cb_set_online(cpu, false));
	EXPECT_EQ(0, cb_rogue_smc(0, 0xc4000003, (uint64_t)cpu, stub.entry, stub.word));
	cb_sleep_ms(100);
	EXPECT_EQ(1 + 1, cb_rogue_word());
	ASSERT_EQ(0, cb_set_online(cpu, true));
}

TEST_F(enabled, psci_0_1_starts_nothing)
{
	expect_not_started(_metadata, PSCI_0_1_CPU_ON);
	EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, PSCI_0_1_CPU_SUSPEND, 0, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, PSCI_0_1_CPU_OFF, 0, 0, 0));
	EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, PSCI_0_1_MIGRATE, 0, 0, 0));
	EXPECT_NE(NULL, cb_console_wait(&self->con, "SMC 0x95c1ba60 is not root's to make", 1000));
}

/* What is told once is counted each time. */
TEST_F(enabled, denied_calls_are_counted)
{
	long before = cb_counter("qemu-arm64", -1, "vmexits_smccc");

	for (int i = 0; i < 10; i++)
		EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, PSCI_0_1_MIGRATE, 0, 0, 0));
	EXPECT_LE(before + 10, cb_counter("qemu-arm64", -1, "vmexits_smccc"));
	ASSERT_NE(NULL, cb_console_wait(&self->con, "SMC 0x95c1ba61", 1000));
	cb_console_skip(&self->con);
	EXPECT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, PSCI_0_1_MIGRATE, 0, 0, 0));
	EXPECT_EQ(NULL, cb_console_wait(&self->con, "SMC", 300));
}

/* SDEI, FF-A and all else of the standard services, both widths; TRNG may be there or not. */
TEST_F(enabled, standard_services)
{
	uint32_t function;

	for (function = 0x84000020; function < 0x84000120; function++) {
		if (function >= 0x84000050 && function < 0x84000054)
			continue;
		ASSERT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, function, 0, 0, 0)) TH_LOG("%#x", function);
		ASSERT_EQ(NOT_SUPPORTED, cb_rogue_smc(0, function | 1U << 30, 0, 0, 0)) TH_LOG("%#x", function);
	}
}

/* Each owner's range, fast and yielding: none of them does anything to the CPUs or to the hypervisor. */
TEST_F(enabled, every_owner)
{
	uint32_t owner;

	for (owner = 0; owner < 64; owner++) {
		cb_rogue_smc(0, 1U << 31 | owner << 24 | 0xba60, 1, 0, 0);
		cb_rogue_smc(0, 3U << 30 | owner << 24 | 0xba60, 1, 0, 0);
		cb_rogue_smc(0, owner << 24 | 0xba60, 1, 0, 0);
	}
	EXPECT_EQ(self->cpus, cb_num_online());
	EXPECT_STREQ("running", cb_state("qemu-arm64"));
}

TEST_HARNESS_MAIN
