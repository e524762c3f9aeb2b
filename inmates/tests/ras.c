// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Records of errors in shared hardware (RAS): a cell can neither read nor clear
 * them. Its own deferred SError, DISR_EL1, is none of them.
 */

#include <cellblock/loader.h>

#include "lib/undefined.h"

/* Names are of Armv8.2 */
#define DISR_EL1	S3_0_C12_C1_1
#define ERRIDR_EL1	S3_0_C5_C3_0
#define ERRSELR_EL1	S3_0_C5_C3_1
#define ERXFR_EL1	S3_0_C5_C4_0
#define ERXCTLR_EL1	S3_0_C5_C4_1
#define ERXSTATUS_EL1	S3_0_C5_C4_2
#define ERXADDR_EL1	S3_0_C5_C4_3
#define ERXMISC0_EL1	S3_0_C5_C5_0
#define ERXMISC1_EL1	S3_0_C5_C5_1

#define MAX_CPUS	64

/* What the hypervisor has denied to this cell */
static s64 denied(void)
{
	s64 sum = 0, count;

	for (u64 cpu = 0; cpu < MAX_CPUS; cpu++) {
		count = jailhouse_call_arg2(JAILHOUSE_HC_CPU_GET_INFO, cpu,
					    JAILHOUSE_CPU_INFO_STAT_BASE +
					    CELLBLOCK_CPU_STAT_DENIED);
		if (count > 0)
			sum += count;
	}
	return sum;
}

/* CPUs without records need not have the registers: it is not the hypervisor then that refuses. */
static void say_who_refuses(s64 before)
{
	if (denied() == before)
		test_skip("undefined as well: this CPU has none of them");
}

static void error_records_cannot_be_read(void)
{
	s64 before = denied();

	EXPECT(IS_UNDEFINED(read_sysreg(ERRIDR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERRSELR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXFR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXCTLR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXSTATUS_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXADDR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXMISC0_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXMISC1_EL1)));
	say_who_refuses(before);
}

static void error_records_cannot_be_written(void)
{
	s64 before = denied();

	EXPECT(IS_UNDEFINED(write_sysreg(ERRSELR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXCTLR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXSTATUS_EL1, ~0ULL)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXADDR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXMISC0_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXMISC1_EL1, 0)));
	say_who_refuses(before);
}

/* Where RAS is there: nothing of an earlier guest is in it. */
static void no_error_is_deferred(void)
{
	u64 disr = 0;

	if (WORKS(disr = read_sysreg(DISR_EL1)))
		EXPECT_EQ(disr, 0);
	else
		EXPECT(IS_UNDEFINED(read_sysreg(DISR_EL1)));
	EXPECT(WORKS(asm volatile("hint #16" : : : "memory")));
}

static const struct test tests[] = {
	TEST(error_records_cannot_be_read),
	TEST(error_records_cannot_be_written),
	TEST(no_error_is_deferred),
};

void inmate_main(void)
{
	TEST_RUN("ras", tests);
}
