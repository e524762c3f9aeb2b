// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest can have left in a CPU's registers, as after a reset. */

#include <arch/sysreg.h>
#include <core/vcpu.h>
#include <lib/string.h>

#include "context.h"
#include "cpu.h"
#include "percpu_private.h"

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
	u64 n = PMCR_N(read_sysreg(pmcr_el0));

	write_sysreg(PMCR_LC | PMCR_C | PMCR_P, pmcr_el0);
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

/* by encoding: the assembler does not know it */
#define ID_AA64ISAR2_EL1	s3_0_c0_c6_2

/* Each names an algorithm, if any: a CPU has one of them at most. */
bool has_keys(void)
{
	u64 isar1 = read_sysreg(id_aa64isar1_el1);

	return ID_FIELD(isar1, ID_AA64ISAR1_APA) ||
	       ID_FIELD(isar1, ID_AA64ISAR1_API) ||
	       ID_FIELD(read_sysreg(ID_AA64ISAR2_EL1), ID_AA64ISAR2_APA3);
}

/*
 * ACTLR_EL1 is trapped: no guest changes what it has. What is translated meanwhile with
 * another AMAIR_EL1, ahead of Linux, arch_cpu_commit() invalidates.
 */
bool has_aux(void)
{
	bool has = read_sysreg(actlr_el1);

#define TRY(r) {				\
	u64 __before = read_sysreg(r);		\
						\
	write_sysreg(~0ULL, r);			\
	has |= read_sysreg(r) != 0;		\
	write_sysreg(__before, r);		\
}
	TRY(amair_el1)
	TRY(afsr0_el1)
	TRY(afsr1_el1)
	return has;
}

static void reset_keys(void)
{
	if (this_cpu_has(HAS_KEYS)) {
		KEY_STATE(RESET)
	}
}

bool has_counters(void)
{
	/* 0 and 15: no PMUv3 */
	return ID_FIELD(read_sysreg(id_aa64dfr0_el1), ID_AA64DFR0_PMUVER) - 1 < 14;
}

/* Self-hosted debug and the PMU. */
static void reset_debug(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	write_sysreg(0, mdscr_el1);
	write_sysreg(0, mdccint_el1);
	write_sysreg(0, osdlr_el1);
	write_sysreg(0, oslar_el1);
	switch (ID_FIELD(dfr0, ID_AA64DFR0_BRPS)) {
	FROM_15_DOWN(CLEAR_BREAKPOINT)
	default:
		break;
	}
	switch (ID_FIELD(dfr0, ID_AA64DFR0_WRPS)) {
	FROM_15_DOWN(CLEAR_WATCHPOINT)
	default:
		break;
	}
	if (this_cpu_has(HAS_COUNTERS))
		reset_counters();
}

#define MPAM1_EL1		s3_0_c10_c5_0
#define MPAM0_EL1		s3_0_c10_c5_1

/* The default partition. Cells cannot write these, but are subject to them. */
static void reset_mpam(void)
{
	if (!ID_FIELD(read_sysreg(id_aa64pfr0_el1), ID_AA64PFR0_MPAM))
		return;
	write_sysreg(0, MPAM1_EL1);
	write_sysreg(0, MPAM0_EL1);
}

#define TPIDR2_EL0		s3_3_c13_c0_5

/* FEAT_SME: no trap but FEAT_FGT's hides it from cells. */
static void reset_tpidr2(void)
{
	if (ID_FIELD(read_sysreg(id_aa64pfr1_el1), ID_AA64PFR1_SME))
		write_sysreg(0, TPIDR2_EL0);
}

static void reset_fpsimd(void)
{
	/*
	 * In streaming mode (FEAT_SME), fpsimd_reset() would be undefined. ZA is
	 * zero when it comes on again. TSM is RES1 without SME; where it is set, no
	 * guest was there.
	 */
	if (!(read_sysreg(cptr_el2) & CPTR_TSM))
		write_sysreg(0, SVCR);
	/* the rest of each Z register is zeroed by that */
	fpsimd_reset();
}

void reset_guest_state(void)
{
	struct cpu_context *context = this_percpu()->vcpu->arch.context;

	EL1_STATE(RESET)
	TIMER_STATE(RESET)
	reset_keys();
	if (context) {
		/* root's are there, and off for the guest */
		write_sysreg(0, mdscr_el1);
		/* those of the guest before are there still */
		context->fpcr = context->fpsr = 0;
		memset(context->v, 0, sizeof(context->v));
	} else {
		reset_debug();
		reset_mpam();
		reset_tpidr2();
		reset_fpsimd();
	}
}
