// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest can have left in a CPU's registers, as after a reset. */

#include <arch/sysreg.h>

#include "cpu.h"

/* SCTLR_EL1 with its RES1 bits: MMU and caches off, little-endian */
#define SCTLR_EL1_RESET		0x30d00800

/* Registers of EL0 and EL1 that a guest can have written, zero after reset. */
static void reset_el1(void)
{
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	write_sysreg(0, actlr_el1);
	write_sysreg(0, afsr0_el1);
	write_sysreg(0, afsr1_el1);
	write_sysreg(0, amair_el1);
	write_sysreg(0, contextidr_el1);
	write_sysreg(0, cpacr_el1);
	write_sysreg(0, csselr_el1);
	write_sysreg(0, elr_el1);
	write_sysreg(0, esr_el1);
	write_sysreg(0, far_el1);
	write_sysreg(0, mair_el1);
	write_sysreg(0, par_el1);
	write_sysreg(0, sp_el0);
	write_sysreg(0, sp_el1);
	write_sysreg(0, spsr_el1);
	write_sysreg(0, tcr_el1);
	write_sysreg(0, tpidr_el0);
	write_sysreg(0, tpidr_el1);
	write_sysreg(0, tpidrro_el0);
	write_sysreg(0, ttbr0_el1);
	write_sysreg(0, ttbr1_el1);
	write_sysreg(0, vbar_el1);

	/* timers off and masked from EL0 */
	write_sysreg(0, cntkctl_el1);
	write_sysreg(0, cntp_ctl_el0);
	write_sysreg(0, cntp_cval_el0);
	write_sysreg(0, cntv_ctl_el0);
	write_sysreg(0, cntv_cval_el0);
}

/* Cases of a switch over the number of the last one: that and all below */
#define CLEAR_BREAKPOINT(n)				\
	case n:						\
		write_sysreg(0, dbgbcr##n##_el1);	\
		write_sysreg(0, dbgbvr##n##_el1);	\
		__attribute__((fallthrough));
#define CLEAR_WATCHPOINT(n)				\
	case n:						\
		write_sysreg(0, dbgwcr##n##_el1);	\
		write_sysreg(0, dbgwvr##n##_el1);	\
		__attribute__((fallthrough));
#define FROM_15_DOWN(X)					\
	X(15) X(14) X(13) X(12) X(11) X(10) X(9) X(8)	\
	X(7) X(6) X(5) X(4) X(3) X(2) X(1) X(0)

static void reset_counters(void)
{
	u64 n = read_sysreg(pmcr_el0) >> 11 & 0x1f;

	write_sysreg(0x46, pmcr_el0);	/* reset counters, LC */
	write_sysreg(~0U, pmcntenclr_el0);
	write_sysreg(~0U, pmintenclr_el1);
	write_sysreg(~0U, pmovsclr_el0);
	write_sysreg(0, pmuserenr_el0);
	write_sysreg(0, pmccfiltr_el0);
	/* what each counts; ends with 0 selected */
	while (n--) {
		write_sysreg(n, pmselr_el0);
		isb();
		write_sysreg(0, pmxevtyper_el0);
	}
}

/* Keys of pointer authentication: five of two registers. */
static void reset_keys(void)
{
	/* APA, API and APA3 (ID_AA64ISAR2_EL1): which algorithm, if any */
	if (!(read_sysreg(id_aa64isar1_el1) & 0xff0) &&
	    !(read_sysreg(s3_0_c0_c6_2) & 0xf000))
		return;
	write_sysreg(0, s3_0_c2_c1_0);
	write_sysreg(0, s3_0_c2_c1_1);
	write_sysreg(0, s3_0_c2_c1_2);
	write_sysreg(0, s3_0_c2_c1_3);
	write_sysreg(0, s3_0_c2_c2_0);
	write_sysreg(0, s3_0_c2_c2_1);
	write_sysreg(0, s3_0_c2_c2_2);
	write_sysreg(0, s3_0_c2_c2_3);
	write_sysreg(0, s3_0_c2_c3_0);
	write_sysreg(0, s3_0_c2_c3_1);
}

/* Self-hosted debug and the PMU. */
static void reset_debug(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	write_sysreg(0, mdscr_el1);
	write_sysreg(0, osdlr_el1);
	write_sysreg(0, oslar_el1);
	switch (dfr0 >> 12 & 0xf) {
	FROM_15_DOWN(CLEAR_BREAKPOINT)
	default:
		break;
	}
	switch (dfr0 >> 20 & 0xf) {
	FROM_15_DOWN(CLEAR_WATCHPOINT)
	default:
		break;
	}
	/* PMUVer 0 and 15: no PMUv3 */
	if (((dfr0 >> 8) & 0xf) - 1 < 14)
		reset_counters();
}

void reset_guest_state(void)
{
	reset_el1();
	reset_keys();
	reset_debug();
	fpsimd_reset();
}
