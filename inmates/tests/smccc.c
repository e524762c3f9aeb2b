// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Secure monitor calls: the few that a cell may make, and all the others. */

#include <inmate/test.h>

#define SMCCC_1_1		0x10001
#define TRNG_VERSION		0x84000050U
#define TRNG_FEATURES		0x84000051U
#define TRNG_UUID		0x84000052U
#define TRNG_RND		0x84000053U
#define TRNG_RND_64		0xc4000053U
#define TRNG_1_0		0x10000
#define TRNG_INVALID		(-2)
#define TRNG_NO_ENTROPY		(-3)
#define PATTERN			0xa5a5000000000000ULL

/* One of each service, fast and yielding, 32 and 64 bit. */
static const u32 unknown[] = {
	0x80000fff,	/* Arm architecture */
	0x81000000,	/* CPU service */
	0x82000000,	/* silicon provider */
	0xc2000010,
	0x83000000,	/* OEM */
	0x84000054,	/* standard secure: after TRNG */
	0xc4000050,
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

static void random_numbers_are_found(void)
{
	EXPECT_EQ(smccc_call(SMCCC_SMC, TRNG_VERSION, 0, 0, 0), TRNG_1_0);
	EXPECT_EQ(smccc_call(SMCCC_HVC, TRNG_VERSION, 0, 0, 0), TRNG_1_0);
	for (u32 fid = TRNG_VERSION; fid <= TRNG_RND; fid++)
		EXPECT_EQ(smccc_call(SMCCC_SMC, TRNG_FEATURES, fid, 0, 0), 0);
	EXPECT_EQ(smccc_call(SMCCC_SMC, TRNG_FEATURES, TRNG_RND_64, 0, 0), 0);
	EXPECT_EQ((s32)smccc_call(SMCCC_SMC, TRNG_FEATURES, TRNG_RND + 1, 0, 0),
		  SMCCC_NOT_SUPPORTED);
	EXPECT((u32)smccc_call(SMCCC_SMC, TRNG_UUID, 0, 0, 0) != ~0U);
}

static s64 random(u32 fid, u64 bits, struct smccc_regs *regs)
{
	regs->x[0] = fid;
	regs->x[1] = bits;
	smccc_call_regs(SMCCC_SMC, regs);
	return (s64)regs->x[0];
}

/* Root gives some in a while. */
static bool has_random(u64 bits, struct smccc_regs *regs)
{
	u64 end = timer_count(TIMER_PHYSICAL) + timer_ns_to_ticks(10000000000ULL);

	while (random(TRNG_RND_64, bits, regs) == TRNG_NO_ENTROPY &&
	       timer_count(TIMER_PHYSICAL) < end)
		cpu_relax();
	return EXPECT_EQ(regs->x[0], 0);
}

static void random_numbers_have_the_bits_asked_for(void)
{
	struct smccc_regs regs;

	if (!has_random(192, &regs))
		return;
	EXPECT(regs.x[1] && regs.x[2] && regs.x[3]);
	EXPECT(regs.x[1] != regs.x[2] && regs.x[2] != regs.x[3]);
	if (has_random(65, &regs))
		EXPECT(!regs.x[1] && regs.x[2] <= 1 && regs.x[3]);
	EXPECT_EQ(random(TRNG_RND_64, 0, &regs), TRNG_INVALID);
	EXPECT_EQ(random(TRNG_RND_64, 193, &regs), TRNG_INVALID);
	EXPECT_EQ(random(TRNG_RND, 97, &regs), TRNG_INVALID);
}

/* All that it has, and some that come later */
static void random_numbers_are_new(void)
{
	static u64 seen[100];
	struct smccc_regs regs;
	unsigned int count = 0, later;

	while (count < 90 && !random(TRNG_RND_64, 64, &regs))
		seen[count++] = regs.x[3];
	EXPECT_EQ((s64)regs.x[0], TRNG_NO_ENTROPY);
	EXPECT(!regs.x[1] && !regs.x[2] && !regs.x[3]);
	for (later = 0; later < 4 && has_random(64, &regs); later++)
		seen[count++] = regs.x[3];
	for (unsigned int n = 0; n < count; n++)
		for (unsigned int other = 0; other < n; other++)
			EXPECT(seen[n] != seen[other]);
}

static const struct test tests[] = {
	TEST(version_is_1_1_or_later),
	TEST(arch_features_of_the_mandatory),
	TEST(arch_features_of_the_unknown),
	TEST(workaround_1_is_as_announced),
	TEST(random_numbers_are_found),
	TEST(random_numbers_have_the_bits_asked_for),
	TEST(random_numbers_are_new),
	TEST(unknown_smc_is_not_supported),
	TEST(unknown_hvc_is_not_supported),
};

void inmate_main(void)
{
	TEST_RUN("smccc", tests);
}
