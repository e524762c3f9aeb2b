// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Records of errors in shared hardware (RAS): a cell can neither read nor clear
 * them. Its own deferred SError, DISR_EL1, is none of them.
 */

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

static void error_records_cannot_be_read(void)
{
	EXPECT(IS_UNDEFINED(read_sysreg(ERRIDR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERRSELR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXFR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXCTLR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXSTATUS_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXADDR_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXMISC0_EL1)));
	EXPECT(IS_UNDEFINED(read_sysreg(ERXMISC1_EL1)));
}

static void error_records_cannot_be_written(void)
{
	EXPECT(IS_UNDEFINED(write_sysreg(ERRSELR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXCTLR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXSTATUS_EL1, ~0ULL)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXADDR_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXMISC0_EL1, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(ERXMISC1_EL1, 0)));
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
