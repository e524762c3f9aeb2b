// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest can have left in a CPU's registers, as after a reset. */

#include <arch/sysreg.h>

#include "cpu.h"
#include "el1_state.h"

#define RESET(reg, value)	write_sysreg(value, reg);

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
		/* PMXEVTYPER_EL0 is the selected counter's after that only */
		write_sysreg(n, pmselr_el0);
		isb();
		write_sysreg(0, pmxevtyper_el0);
	}
}

/* ID_AA64ISAR1_EL1.{APA, API}, ID_AA64ISAR2_EL1.APA3: an algorithm, if any */
#define ISAR1_AP_MASK		0xff0
#define ID_AA64ISAR2_EL1	s3_0_c0_c6_2
#define ISAR2_APA3_MASK		0xf000

static void reset_keys(void)
{
	if ((read_sysreg(id_aa64isar1_el1) & ISAR1_AP_MASK) ||
	    (read_sysreg(ID_AA64ISAR2_EL1) & ISAR2_APA3_MASK)) {
		KEY_STATE(RESET)
	}
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
	EL1_STATE(RESET)
	TIMER_STATE(RESET)
	reset_keys();
	reset_debug();
	fpsimd_reset();
}
