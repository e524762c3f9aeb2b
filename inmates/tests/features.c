// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What a cell has of the architecture: ID registers show nothing that carries
 * state from one owner of the CPU to the next, and its use is undefined.
 */

#include "lib/undefined.h"

#define FIELD(reg, lsb)		((reg) >> (lsb) & 0xf)
#define NOT_THERE		0xf

#define CPACR_ZEN		(3U << 16)
#define CPACR_SMEN		(3U << 24)

/* By encoding, as the assembler knows few of them */
#define ID_AA64PFR2_EL1		S3_0_C0_C4_2
#define ID_AA64ZFR0_EL1		S3_0_C0_C4_4
#define ID_AA64SMFR0_EL1	S3_0_C0_C4_5
#define ID_AA64FPFR0_EL1	S3_0_C0_C4_7
#define ID_AA64ISAR3_EL1	S3_0_C0_C6_3
#define ID_AA64MMFR3_EL1	S3_0_C0_C7_3
#define ID_AA64MMFR4_EL1	S3_0_C0_C7_4
#define ID_RESERVED		S3_0_C0_C7_7
#define SVCR			S3_3_C4_C2_2

/* Neither read nor written */
#define IS_HIDDEN(reg)						\
	(IS_UNDEFINED(read_sysreg(reg)) && IS_UNDEFINED(write_sysreg(reg, 0)))

static void id_registers_show_no_hidden_feature(void)
{
	u64 pfr0 = read_sysreg(id_aa64pfr0_el1);
	u64 pfr1 = read_sysreg(id_aa64pfr1_el1);
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	EXPECT_EQ(FIELD(pfr0, 8), 0);		/* EL2 */
	EXPECT_EQ(FIELD(pfr0, 12), 0);		/* EL3 */
	EXPECT_EQ(FIELD(pfr0, 32), 0);		/* SVE */
	EXPECT_EQ(FIELD(pfr0, 40), 0);		/* MPAM */
	EXPECT_EQ(FIELD(pfr0, 44), 0);		/* AMU */
	EXPECT_EQ(FIELD(pfr1, 8), 0);		/* MTE */
	EXPECT_EQ(FIELD(pfr1, 24), 0);		/* SME */
	EXPECT_EQ(FIELD(dfr0, 4), 0);		/* trace */
	EXPECT_EQ(FIELD(dfr0, 32), 0);		/* SPE */
	EXPECT_EQ(FIELD(dfr0, 40), 0);		/* TRF */
	EXPECT_EQ(FIELD(dfr0, 44), 0);		/* TRBE */
	EXPECT_EQ(FIELD(dfr0, 52), 0);		/* BRBE */
	EXPECT_EQ(FIELD(read_sysreg(id_aa64mmfr1_el1), 16), 0);	/* LORegions */
}

/* What came after this was written, too. */
static void unknown_id_registers_are_zero(void)
{
	EXPECT_EQ(read_sysreg(ID_AA64PFR2_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64ZFR0_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64SMFR0_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64FPFR0_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64ISAR3_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64MMFR3_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_AA64MMFR4_EL1), 0);
	EXPECT_EQ(read_sysreg(ID_RESERVED), 0);
}

/* Each register by the register that the instruction names, XZR too. */
static void id_registers_are_read_whole(void)
{
	register u64 first asm("x9"), second asm("x27");
	u64 zero;

	asm volatile("mrs %0, id_aa64mmfr0_el1\n\tmrs %1, id_aa64mmfr0_el1\n\t"
		     "mrs xzr, id_aa64mmfr0_el1\n\tmov %2, xzr"
		     : "=r" (first), "=r" (second), "=r" (zero));
	EXPECT_EQ(first, second);
	EXPECT_EQ(zero, 0);
	/* granule of 4 KiB, which is in use here */
	EXPECT(FIELD(first, 28) != NOT_THERE);
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0xd5180400")));	/* MSR ID_AA64PFR0_EL1, X0 */
}

static void what_is_left_is_shown(void)
{
	u64 pfr0 = read_sysreg(id_aa64pfr0_el1);

	EXPECT(FIELD(pfr0, 0) != 0);		/* EL0 */
	EXPECT_EQ(FIELD(pfr0, 4), 1);		/* EL1: AArch64 */
	EXPECT(FIELD(pfr0, 16) != NOT_THERE);	/* FP */
	EXPECT(FIELD(pfr0, 20) != NOT_THERE);	/* SIMD */
	EXPECT_EQ(FIELD(pfr0, 24) != 0, comm_region->gic_version == 3);
	EXPECT(FIELD(read_sysreg(id_aa64dfr0_el1), 0) >= 6);	/* debug */
	EXPECT(FIELD(read_sysreg(id_aa64isar0_el1), 16) != 0);	/* CRC32 */
}

/* CPACR_EL1 lets them through: it is EL2 that does not. */
static void vectors_are_undefined(void)
{
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_ZEN | CPACR_SMEN);
	isb();
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0x04e0e3e0" : : : "x0")));	/* CNTD X0 */
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0x2518e3e0")));	/* PTRUE P0.B */
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0xd503477f")));	/* SMSTART */
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0xd503457f")));	/* SMSTART ZA */
	EXPECT(IS_UNDEFINED(asm volatile(".inst 0xc00800ff")));	/* ZERO {ZA} */
	EXPECT(IS_HIDDEN(SVCR));
	EXPECT(IS_HIDDEN(S3_0_C1_C2_0));	/* ZCR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C1_C2_6));	/* SMCR_EL1 */
}

static void tags_are_undefined(void)
{
	EXPECT(IS_HIDDEN(S3_0_C1_C0_5));	/* RGSR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C1_C0_6));	/* GCR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C5_C6_0));	/* TFSR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C5_C6_1));	/* TFSRE0_EL1 */
	EXPECT(IS_UNDEFINED(read_sysreg(S3_1_C0_C0_4)));	/* GMID_EL1 */
}

static void translation_extensions_are_undefined(void)
{
	EXPECT(IS_HIDDEN(S3_0_C2_C0_3));	/* TCR2_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C1_C0_3));	/* SCTLR2_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C10_C2_3));	/* PIR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C10_C2_4));	/* POR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C2_C5_0));	/* GCSCR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C10_C4_3));	/* LORC_EL1 */
}

static void monitors_are_undefined(void)
{
	EXPECT(IS_HIDDEN(S3_3_C13_C2_0));	/* AMCR_EL0 */
	EXPECT(IS_HIDDEN(S3_0_C10_C5_0));	/* MPAM1_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C9_C9_0));	/* PMSCR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C9_C10_0));	/* PMBLIMITR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C9_C11_0));	/* TRBLIMITR_EL1 */
	EXPECT(IS_HIDDEN(S3_0_C1_C2_1));	/* TRFCR_EL1 */
	EXPECT(IS_HIDDEN(S2_1_C9_C0_0));	/* BRBCR_EL1 */
	EXPECT(IS_HIDDEN(S2_1_C0_C1_0));	/* TRCPRGCTLR */
	EXPECT(IS_HIDDEN(S3_3_C13_C0_7));	/* SCXTNUM_EL0 */
}

static const struct test tests[] = {
	TEST(id_registers_show_no_hidden_feature),
	TEST(unknown_id_registers_are_zero),
	TEST(id_registers_are_read_whole),
	TEST(what_is_left_is_shown),
	TEST(vectors_are_undefined),
	TEST(tags_are_undefined),
	TEST(translation_extensions_are_undefined),
	TEST(monitors_are_undefined),
};

void inmate_main(void)
{
	TEST_RUN("features", tests);
}
