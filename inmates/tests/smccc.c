// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Secure monitor calls: the few that a cell may make, and all the others. */

#include <inmate/test.h>

#define SMCCC_1_1		0x10001
#define PATTERN			0xa5a5000000000000ULL

/* One of each service, fast and yielding, 32 and 64 bit. */
static const u32 unknown[] = {
	0x80000fff,	/* Arm architecture */
	0x81000000,	/* CPU service */
	0x82000000,	/* silicon provider */
	0xc2000010,
	0x83000000,	/* OEM */
	0x84000050,	/* standard secure: TRNG version */
	0x84000060,	/* FF-A version */
	0xc4000020,	/* SDEI */
	0x85000000,	/* standard hypervisor */
	0x86000001,	/* vendor hypervisor, beside paravirt.h */
	0xc600ff01,
	0xb0000000,	/* trusted application */
	0xb2000000,	/* trusted OS */
	0xbf00ff01,
	0x02000000,	/* yielding */
	0x32000000,
	0x00000000,
	0x7fffffff,
	0xffffffff,
};

static void version_is_1_1_or_later(void)
{
	EXPECT(smccc_call(SMCCC_SMC, SMCCC_VERSION, 0, 0, 0) >= SMCCC_1_1);
	EXPECT(smccc_call(SMCCC_HVC, SMCCC_VERSION, 0, 0, 0) >= SMCCC_1_1);
}

static void arch_features_of_the_mandatory(void)
{
	EXPECT(smccc_call(SMCCC_SMC, SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0)
	       >= 0);
	EXPECT(smccc_call(SMCCC_SMC, SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES,
			  0, 0) >= 0);
}

static void arch_features_of_the_unknown(void)
{
	EXPECT_EQ((s32)smccc_call(SMCCC_SMC, SMCCC_ARCH_FEATURES, 0x80007ffe, 0,
				  0), SMCCC_NOT_SUPPORTED);
	EXPECT_EQ((s32)smccc_call(SMCCC_SMC, SMCCC_ARCH_FEATURES, 0xc2000010, 0,
				  0), SMCCC_NOT_SUPPORTED);
}

/* Says yes only if the call itself then works. */
static void workaround_1_is_as_announced(void)
{
	s32 has = (s32)smccc_call(SMCCC_SMC, SMCCC_ARCH_FEATURES,
				  SMCCC_ARCH_WORKAROUND_1, 0, 0);

	EXPECT(has == SMCCC_NOT_SUPPORTED || has == 0 || has == 1);
	if (has == 0)
		smccc_call(SMCCC_SMC, SMCCC_ARCH_WORKAROUND_1, 0, 0, 0);
}

static void check_unknown(enum smccc_conduit conduit, u32 function)
{
	struct smccc_regs regs;

	for (unsigned int n = 0; n < 31; n++)
		regs.x[n] = PATTERN + n;
	regs.x[0] = function;
	smccc_call_regs(conduit, &regs);
	if ((s32)regs.x[0] != SMCCC_NOT_SUPPORTED)
		printk("# function 0x%08x:\n", function);
	EXPECT_EQ((s32)regs.x[0], SMCCC_NOT_SUPPORTED);
	/* nothing leaks out, nothing is lost */
	for (unsigned int n = 1; n < 31; n++)
		EXPECT_EQ(regs.x[n], PATTERN + n);
}

static void unknown_smc_is_not_supported(void)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(unknown); n++)
		check_unknown(SMCCC_SMC, unknown[n]);
}

static void unknown_hvc_is_not_supported(void)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(unknown); n++)
		check_unknown(SMCCC_HVC, unknown[n]);
}

static const struct test tests[] = {
	TEST(version_is_1_1_or_later),
	TEST(arch_features_of_the_mandatory),
	TEST(arch_features_of_the_unknown),
	TEST(workaround_1_is_as_announced),
	TEST(unknown_smc_is_not_supported),
	TEST(unknown_hvc_is_not_supported),
};

void inmate_main(void)
{
	TEST_RUN("smccc", tests);
}
