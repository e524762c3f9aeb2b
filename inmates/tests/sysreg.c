// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * System registers and instructions: what an operating system in a cell needs
 * works, and what would reach beyond the cell is an undefined instruction.
 */

#include "lib/undefined.h"

#define ICC_IAR0_EL1		S3_0_C12_C8_0
#define ICC_EOIR0_EL1		S3_0_C12_C8_1
#define ICC_HPPIR0_EL1		S3_0_C12_C8_2
#define ICC_BPR0_EL1		S3_0_C12_C8_3
#define ICC_AP0R0_EL1		S3_0_C12_C8_4
#define ICC_IGRPEN0_EL1		S3_0_C12_C12_6
#define ICC_SRE_SRE		(1U << 0)
#define SPURIOUS		1023

#define RUN(insn)	asm volatile(insn : : : "x0", "memory")

static void identification_registers_work(void)
{
	EXPECT(WORKS(read_sysreg(midr_el1)));
	EXPECT(WORKS(read_sysreg(revidr_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64pfr0_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64pfr1_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64dfr0_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64isar0_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64isar1_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64mmfr0_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64mmfr1_el1)));
	EXPECT(WORKS(read_sysreg(id_aa64mmfr2_el1)));
	EXPECT(WORKS(read_sysreg(id_mmfr0_el1)));
	EXPECT(WORKS(read_sysreg(id_pfr0_el1)));
	EXPECT(WORKS(read_sysreg(mvfr0_el1)));
	EXPECT(WORKS(read_sysreg(ctr_el0)));
	EXPECT(WORKS(read_sysreg(dczid_el0)));
	EXPECT(WORKS(read_sysreg(clidr_el1)));
	EXPECT(WORKS(read_sysreg(aidr_el1)));
}

/* A cell with its own view of the caches' geometry. */
static void cache_size_can_be_selected(void)
{
	u64 clidr = read_sysreg(clidr_el1);

	for (u64 level = 0; level < 7 && (clidr >> level * 3 & 7); level++) {
		EXPECT(WORKS(write_sysreg(csselr_el1, level << 1)));
		EXPECT_EQ(read_sysreg(csselr_el1), level << 1);
		EXPECT(WORKS(read_sysreg(ccsidr_el1)));
	}
}

static void caches_can_be_maintained(void)
{
	EXPECT(WORKS(RUN("mov x0, #0\n\tdc cisw, x0")));
	EXPECT(WORKS(RUN("mov x0, #0\n\tdc csw, x0")));
	EXPECT(WORKS(RUN("mov x0, #0\n\tdc isw, x0")));
	EXPECT(WORKS(RUN("ic iallu")));
	EXPECT(WORKS(RUN("ic ialluis")));
	EXPECT(WORKS(RUN("adr x0, .\n\tdc cvac, x0")));
	EXPECT(WORKS(RUN("adr x0, .\n\tdc cvau, x0")));
	EXPECT(WORKS(RUN("mov x0, sp\n\tdc civac, x0")));
}

static void tlbs_can_be_maintained(void)
{
	EXPECT(WORKS(RUN("tlbi vmalle1")));
	EXPECT(WORKS(RUN("tlbi vmalle1is")));
	EXPECT(WORKS(RUN("mov x0, #0\n\ttlbi vaae1is, x0")));
	EXPECT(WORKS(RUN("mov x0, #0\n\ttlbi aside1is, x0")));
	EXPECT(WORKS(RUN("dsb sy")));
}

static void addresses_can_be_translated(void)
{
	u64 here = (u64)addresses_can_be_translated;

	asm volatile("at s1e1r, %0" : : "r" (here));
	isb();
	/* not failed, and one to one */
	EXPECT_EQ(read_sysreg(par_el1) & 1, 0);
	EXPECT_EQ(read_sysreg(par_el1) & 0xfffffffff000ULL,
		  here & 0xfffffffff000ULL);
}

static void hints_work(void)
{
	EXPECT(WORKS(RUN("yield")));
	EXPECT(WORKS(RUN("sev")));
	EXPECT(WORKS(RUN("sevl\n\twfe")));
	EXPECT(WORKS(RUN("hint #16")));	/* ESB */
}

static void memory_registers_can_be_set(void)
{
	u64 vbar = read_sysreg(vbar_el1);
	u64 mair = read_sysreg(mair_el1);

	EXPECT(WORKS(write_sysreg(vbar_el1, vbar)));
	EXPECT(WORKS(write_sysreg(mair_el1, mair)));
	EXPECT(WORKS(write_sysreg(contextidr_el1, 7)));
	EXPECT(WORKS(write_sysreg(amair_el1, 0)));
	EXPECT(WORKS(write_sysreg(sctlr_el1, read_sysreg(sctlr_el1))));
	EXPECT(WORKS(write_sysreg(tpidr_el0, 1)));
	EXPECT(WORKS(write_sysreg(cntkctl_el1, 0)));
	EXPECT_EQ(read_sysreg(contextidr_el1), 7);
}

static void el2_is_out_of_reach(void)
{
	EXPECT(IS_UNDEFINED(read_sysreg(hcr_el2)));
	EXPECT(IS_UNDEFINED(write_sysreg(vttbr_el2, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(vbar_el2, 0)));
	EXPECT(IS_UNDEFINED(write_sysreg(cntvoff_el2, 0)));
	EXPECT(IS_UNDEFINED(read_sysreg(S3_4_C12_C11_0))); /* ICH_HCR_EL2 */
	EXPECT(IS_UNDEFINED(write_sysreg(S3_4_C12_C9_5, 0))); /* ICC_SRE_EL2 */
	EXPECT(IS_UNDEFINED(RUN("tlbi alle1")));
	EXPECT(IS_UNDEFINED(RUN("mov x0, #0\n\tat s12e1r, x0")));
}

static void el3_is_out_of_reach(void)
{
	EXPECT(IS_UNDEFINED(read_sysreg(scr_el3)));
	EXPECT(IS_UNDEFINED(read_sysreg(S3_6_C12_C12_7))); /* ICC_IGRPEN1_EL3 */
}

/*
 * What changes how the core behaves for everybody. (Other registers of this
 * kind, those that HCR_EL2.TIDCP keeps away, QEMU lets through before 8.1.)
 */
static void core_controls_are_out_of_reach(void)
{
	EXPECT(IS_UNDEFINED(write_sysreg(actlr_el1, 0)));
}

static void system_register_interface_stays_on(void)
{
	if (gic_is_v2()) {
		test_skip("a GICv2 has no system registers");
		return;
	}
	EXPECT(WORKS(write_sysreg(ICC_SRE_EL1, 0)));
	EXPECT(read_sysreg(ICC_SRE_EL1) & ICC_SRE_SRE);
}

/* Group 0 is the hypervisor's: the cell has an interface without interrupts. */
static void group_0_is_empty(void)
{
	u64 iar = SPURIOUS;

	if (gic_is_v2()) {
		test_skip("a GICv2 has no system registers");
		return;
	}
	begin();
	write_sysreg(ICC_IGRPEN0_EL1, 0);
	write_sysreg(ICC_IGRPEN0_EL1, 1);
	write_sysreg(ICC_BPR0_EL1, 7);
	write_sysreg(ICC_AP0R0_EL1, ~0U);
	write_sysreg(ICC_AP0R0_EL1, 0);
	iar = read_sysreg(ICC_IAR0_EL1);
	if (!undefined)
		EXPECT_EQ(iar, SPURIOUS);
	write_sysreg(ICC_EOIR0_EL1, 15);
	iar = read_sysreg(ICC_HPPIR0_EL1);
	end();
	EXPECT_EQ(others, 0);
	/* all or nothing */
	EXPECT(undefined == 0 || undefined == 8);
}

/* Breakpoints and counters of the core: absent, or the cell's own. */
static void debug_registers_show_nothing_of_others(void)
{
	u64 sum = 0;

	begin();
	sum |= read_sysreg(dbgbvr0_el1);
	sum |= read_sysreg(dbgbcr0_el1);
	sum |= read_sysreg(dbgwvr0_el1);
	sum |= read_sysreg(dbgwcr0_el1);
	sum |= read_sysreg(dbgbvr1_el1);
	sum |= read_sysreg(dbgbcr1_el1);
	end();
	EXPECT_EQ(others, 0);
	if (!undefined)
		EXPECT_EQ(sum, 0);
}

static void performance_counters_show_nothing_of_others(void)
{
	u64 enabled = 0;

	begin();
	enabled |= read_sysreg(pmcntenset_el0);
	enabled |= read_sysreg(pmintenset_el1);
	enabled |= read_sysreg(pmuserenr_el0);
	enabled |= read_sysreg(pmovsset_el0);
	end();
	EXPECT_EQ(others, 0);
	if (!undefined)
		EXPECT_EQ(enabled, 0);
}

/* Another immediate is an SMC call by the other conduit. */
static void hvc_with_another_immediate(void)
{
	register u64 x0 asm("x0") = PSCI_VERSION;

	asm volatile("hvc #1" : "+r" (x0) : : "x1", "x2", "x3", "memory");
	EXPECT(x0 == 0x10001 || (s32)x0 == SMCCC_NOT_SUPPORTED);
}

static void smc_with_another_immediate(void)
{
	register u64 x0 asm("x0") = PSCI_VERSION;

	asm volatile("smc #1" : "+r" (x0) : : "x1", "x2", "x3", "memory");
	EXPECT(x0 == 0x10001 || (s32)x0 == SMCCC_NOT_SUPPORTED);
}

static const struct test tests[] = {
	TEST(identification_registers_work),
	TEST(cache_size_can_be_selected),
	TEST(caches_can_be_maintained),
	TEST(tlbs_can_be_maintained),
	TEST(addresses_can_be_translated),
	TEST(hints_work),
	TEST(memory_registers_can_be_set),
	TEST(el2_is_out_of_reach),
	TEST(el3_is_out_of_reach),
	TEST(core_controls_are_out_of_reach),
	TEST(system_register_interface_stays_on),
	TEST(group_0_is_empty),
	TEST(debug_registers_show_nothing_of_others),
	TEST(performance_counters_show_nothing_of_others),
	TEST(hvc_with_another_immediate),
	TEST(smc_with_another_immediate),
};

void inmate_main(void)
{
	TEST_RUN("sysreg", tests);
}
