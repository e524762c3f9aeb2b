/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_EL1_STATE_H
#define ARM64_EL1_STATE_H

/*
 * The registers of EL0 and EL1 that belong to a guest, as x(register, value
 * after a reset). What a guest can write and what is in none of these lists
 * must be trapped.
 */

/* SCTLR_EL1 with its RES1 bits: MMU and caches off, little-endian */
#define SCTLR_EL1_RESET		0x30d00800

/* TPIDR2_EL0 of SME is the guest's too */
#define SCTLR_EL1_ENTP2		(1ULL << 60)

/* SVCR by encoding: PSTATE.SM and PSTATE.ZA, self-synchronizing */
#define SVCR			s3_3_c4_c2_2

/* In pairs, which need one store, or load: p(x, register, value, register, value) */
#define EL1_PAIRS(p, x)						\
	p(x, sctlr_el1, SCTLR_EL1_RESET, contextidr_el1, 0)	\
	p(x, cpacr_el1, 0, csselr_el1, 0)			\
	p(x, elr_el1, 0, esr_el1, 0)				\
	p(x, far_el1, 0, mair_el1, 0)				\
	p(x, par_el1, 0, sp_el0, 0)				\
	p(x, sp_el1, 0, spsr_el1, 0)				\
	p(x, tcr_el1, 0, tpidr_el0, 0)				\
	p(x, tpidr_el1, 0, tpidrro_el0, 0)			\
	p(x, ttbr0_el1, 0, ttbr1_el1, 0)			\
	p(x, vbar_el1, 0, cntkctl_el1, 0)

/* Implementation defined: most CPUs keep nothing there (HAS_AUX). */
#define AUX_PAIRS(p, x)						\
	p(x, actlr_el1, 0, amair_el1, 0)			\
	p(x, afsr0_el1, 0, afsr1_el1, 0)

/* Both timers, off: first what may fire. */
#define TIMER_PAIRS(p, x)					\
	p(x, cntp_ctl_el0, 0, cntp_cval_el0, 0)			\
	p(x, cntv_ctl_el0, 0, cntv_cval_el0, 0)

/* Keys of pointer authentication, by encoding: the assembler wants Armv8.3. */
#define APIAKEYLO_EL1		s3_0_c2_c1_0
#define APIAKEYHI_EL1		s3_0_c2_c1_1
#define APIBKEYLO_EL1		s3_0_c2_c1_2
#define APIBKEYHI_EL1		s3_0_c2_c1_3
#define APDAKEYLO_EL1		s3_0_c2_c2_0
#define APDAKEYHI_EL1		s3_0_c2_c2_1
#define APDBKEYLO_EL1		s3_0_c2_c2_2
#define APDBKEYHI_EL1		s3_0_c2_c2_3
#define APGAKEYLO_EL1		s3_0_c2_c3_0
#define APGAKEYHI_EL1		s3_0_c2_c3_1

#define KEY_PAIRS(p, x)						\
	p(x, APIAKEYLO_EL1, 0, APIAKEYHI_EL1, 0)		\
	p(x, APIBKEYLO_EL1, 0, APIBKEYHI_EL1, 0)		\
	p(x, APDAKEYLO_EL1, 0, APDAKEYHI_EL1, 0)		\
	p(x, APDBKEYLO_EL1, 0, APDBKEYHI_EL1, 0)		\
	p(x, APGAKEYLO_EL1, 0, APGAKEYHI_EL1, 0)

#define EACH_OF_PAIR(x, a, a_reset, b, b_reset)	x(a, a_reset) x(b, b_reset)

#define EL1_STATE(x)	EL1_PAIRS(EACH_OF_PAIR, x) AUX_PAIRS(EACH_OF_PAIR, x)
#define TIMER_STATE(x)	TIMER_PAIRS(EACH_OF_PAIR, x)
#define KEY_STATE(x)	KEY_PAIRS(EACH_OF_PAIR, x)

#endif /* ARM64_EL1_STATE_H */
