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

#define EL1_STATE(x)			\
	x(sctlr_el1, SCTLR_EL1_RESET)	\
	x(actlr_el1, 0)			\
	x(afsr0_el1, 0)			\
	x(afsr1_el1, 0)			\
	x(amair_el1, 0)			\
	x(contextidr_el1, 0)		\
	x(cpacr_el1, 0)			\
	x(csselr_el1, 0)		\
	x(elr_el1, 0)			\
	x(esr_el1, 0)			\
	x(far_el1, 0)			\
	x(mair_el1, 0)			\
	x(par_el1, 0)			\
	x(sp_el0, 0)			\
	x(sp_el1, 0)			\
	x(spsr_el1, 0)			\
	x(tcr_el1, 0)			\
	x(tpidr_el0, 0)			\
	x(tpidr_el1, 0)			\
	x(tpidrro_el0, 0)		\
	x(ttbr0_el1, 0)			\
	x(ttbr1_el1, 0)			\
	x(vbar_el1, 0)

/* Both timers, off and masked from EL0: first what may fire. */
#define TIMER_STATE(x)			\
	x(cntkctl_el1, 0)		\
	x(cntp_ctl_el0, 0)		\
	x(cntp_cval_el0, 0)		\
	x(cntv_ctl_el0, 0)		\
	x(cntv_cval_el0, 0)

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

#define KEY_STATE(x)			\
	x(APIAKEYLO_EL1, 0)		\
	x(APIAKEYHI_EL1, 0)		\
	x(APIBKEYLO_EL1, 0)		\
	x(APIBKEYHI_EL1, 0)		\
	x(APDAKEYLO_EL1, 0)		\
	x(APDAKEYHI_EL1, 0)		\
	x(APDBKEYLO_EL1, 0)		\
	x(APDBKEYHI_EL1, 0)		\
	x(APGAKEYLO_EL1, 0)		\
	x(APGAKEYHI_EL1, 0)

#endif /* ARM64_EL1_STATE_H */
