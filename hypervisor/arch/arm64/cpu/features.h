/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_FEATURES_H
#define ARM64_FEATURES_H

#include <jailhouse/types.h>

/*
 * What cells have of the architecture: the fields of the ID registers, as
 * x(arg, register, field, bits from, highest value that a cell is shown). A field
 * that is not here is shown as 0, so what we do not know does not exist.
 *
 * SHOWN: as the CPU has it. Instructions without state, or with state that is
 * reset at each hand-over (el1_state.h, reset.c).
 * HIDDEN: with what keeps a cell from it (el2.c). Such state is root's alone,
 * and stays; where it goes on by itself, it is stopped when root gives the CPU
 * away (profiling.c).
 */

#define SHOWN		15
#define HIDDEN		0

#define FEATURES_PFR(x, a)						\
	x(a, PFR0, EL0, 0, SHOWN)					\
	x(a, PFR0, EL1, 4, 1)		/* AArch64: HCR_EL2.RW */	\
	x(a, PFR0, FP, 16, SHOWN)	/* fpsimd_reset() */		\
	x(a, PFR0, ADVSIMD, 20, SHOWN)					\
	x(a, PFR0, GIC, 24, SHOWN)					\
	x(a, PFR0, RAS, 28, 1)		/* later: HCR_EL2.FIEN */	\
	x(a, PFR0, SVE, 32, HIDDEN)	/* CPTR_EL2.TZ */		\
	x(a, PFR0, MPAM, 40, HIDDEN)	/* MPAM2_EL2 */			\
	x(a, PFR0, AMU, 44, HIDDEN)	/* CPTR_EL2.TAM */		\
	x(a, PFR0, DIT, 48, SHOWN)					\
	x(a, PFR0, CSV2, 56, 1)		/* later: HCR_EL2.EnSCXT */	\
	x(a, PFR0, CSV3, 60, SHOWN)					\
	x(a, PFR1, BT, 0, SHOWN)					\
	x(a, PFR1, SSBS, 4, SHOWN)					\
	x(a, PFR1, MTE, 8, HIDDEN)	/* HCR_EL2.ATA, TID5 */		\
	x(a, PFR1, SME, 24, HIDDEN)	/* CPTR_EL2.TSM, HFGxTR_EL2 */	\
	x(a, PFR1, NMI, 36, HIDDEN)	/* HCRX_EL2.TALLINT */		\
	x(a, PFR1, GCS, 44, HIDDEN)	/* HCRX_EL2, HFGxTR_EL2 */	\
	x(a, PFR1, THE, 48, HIDDEN)	/* HFGxTR_EL2 */

/* DFR0.DEBUGVER 11 has MDSELR_EL1, PMUVER 9 PMUACR_EL1 and more: HDFGxTR2_EL2 */
#define FEATURES_DFR(x, a)						\
	x(a, DFR0, DEBUGVER, 0, 10)	/* reset_debug() */		\
	x(a, DFR0, TRACEVER, 4, HIDDEN)	/* CPTR_EL2.TTA */		\
	x(a, DFR0, PMUVER, 8, 8)	/* reset_counters() */		\
	x(a, DFR0, BRPS, 12, SHOWN)					\
	x(a, DFR0, WRPS, 20, SHOWN)					\
	x(a, DFR0, CTX_CMPS, 28, SHOWN)					\
	x(a, DFR0, PMSVER, 32, HIDDEN)	/* MDCR_EL2.TPMS, E2PB */	\
	x(a, DFR0, DOUBLELOCK, 36, SHOWN)				\
	x(a, DFR0, TRACEFILT, 40, HIDDEN) /* MDCR_EL2.TTRF */		\
	x(a, DFR0, TRACEBUFFER, 44, HIDDEN) /* MDCR_EL2.E2TB */		\
	x(a, DFR0, BRBE, 52, HIDDEN)	/* HDFGxTR_EL2, HFGITR_EL2 */

#define FEATURES_ISAR(x, a)						\
	x(a, ISAR0, AES, 4, SHOWN)					\
	x(a, ISAR0, SHA1, 8, SHOWN)					\
	x(a, ISAR0, SHA2, 12, SHOWN)					\
	x(a, ISAR0, CRC32, 16, SHOWN)					\
	x(a, ISAR0, ATOMIC, 20, SHOWN)					\
	x(a, ISAR0, TME, 24, HIDDEN)	/* HCR_EL2.TME */		\
	x(a, ISAR0, RDM, 28, SHOWN)					\
	x(a, ISAR0, SHA3, 32, SHOWN)					\
	x(a, ISAR0, SM3, 36, SHOWN)					\
	x(a, ISAR0, SM4, 40, SHOWN)					\
	x(a, ISAR0, DP, 44, SHOWN)					\
	x(a, ISAR0, FHM, 48, SHOWN)					\
	x(a, ISAR0, TS, 52, SHOWN)					\
	x(a, ISAR0, TLB, 56, SHOWN)					\
	x(a, ISAR0, RNDR, 60, SHOWN)					\
	x(a, ISAR1, DPB, 0, SHOWN)					\
	x(a, ISAR1, APA, 4, SHOWN)	/* reset_keys() */		\
	x(a, ISAR1, API, 8, SHOWN)					\
	x(a, ISAR1, JSCVT, 12, SHOWN)					\
	x(a, ISAR1, FCMA, 16, SHOWN)					\
	x(a, ISAR1, LRCPC, 20, SHOWN)					\
	x(a, ISAR1, GPA, 24, SHOWN)					\
	x(a, ISAR1, GPI, 28, SHOWN)					\
	x(a, ISAR1, FRINTTS, 32, SHOWN)					\
	x(a, ISAR1, SB, 36, SHOWN)					\
	x(a, ISAR1, SPECRES, 40, SHOWN)					\
	x(a, ISAR1, BF16, 44, SHOWN)					\
	x(a, ISAR1, DGH, 48, SHOWN)					\
	x(a, ISAR1, I8MM, 52, SHOWN)					\
	x(a, ISAR1, XS, 56, SHOWN)					\
	x(a, ISAR1, LS64, 60, HIDDEN)	/* HCRX_EL2.EnAS0 and others */	\
	x(a, ISAR2, WFXT, 0, SHOWN)					\
	x(a, ISAR2, RPRES, 4, SHOWN)					\
	x(a, ISAR2, GPA3, 8, SHOWN)					\
	x(a, ISAR2, APA3, 12, SHOWN)					\
	x(a, ISAR2, MOPS, 16, SHOWN)	/* HCRX_EL2.MSCEn */		\
	x(a, ISAR2, BC, 20, SHOWN)					\
	x(a, ISAR2, PAC_FRAC, 24, SHOWN)				\
	x(a, ISAR2, CLRBHB, 28, SHOWN)					\
	x(a, ISAR2, SYSREG_128, 32, HIDDEN) /* HCRX_EL2.D128En */	\
	x(a, ISAR2, CSSC, 52, SHOWN)

/* Not here: MMFR3, with TCR2, SCTLR2, permission indirection and overlays (HCRX_EL2, HFGxTR_EL2) */
#define FEATURES_MMFR(x, a)						\
	x(a, MMFR0, PARANGE, 0, SHOWN)					\
	x(a, MMFR0, ASIDBITS, 4, SHOWN)					\
	x(a, MMFR0, BIGEND, 8, SHOWN)					\
	x(a, MMFR0, SNSMEM, 12, SHOWN)					\
	x(a, MMFR0, BIGENDEL0, 16, SHOWN)				\
	x(a, MMFR0, TGRAN16, 20, SHOWN)					\
	x(a, MMFR0, TGRAN64, 24, SHOWN)					\
	x(a, MMFR0, TGRAN4, 28, SHOWN)					\
	x(a, MMFR0, EXS, 44, SHOWN)					\
	x(a, MMFR0, ECV, 60, 1)		/* later: for EL2 */		\
	x(a, MMFR1, HAFDBS, 0, 2)	/* later: TCR2_EL1 */		\
	x(a, MMFR1, HPDS, 12, SHOWN)					\
	x(a, MMFR1, LO, 16, HIDDEN)	/* HCR_EL2.TLOR */		\
	x(a, MMFR1, PAN, 20, SHOWN)					\
	x(a, MMFR1, SPECSEI, 24, SHOWN)					\
	x(a, MMFR1, ETS, 36, SHOWN)					\
	x(a, MMFR1, AFP, 44, SHOWN)					\
	x(a, MMFR1, NTLBPA, 48, SHOWN)					\
	x(a, MMFR1, TIDCP1, 52, SHOWN)					\
	x(a, MMFR1, CMOW, 56, SHOWN)					\
	x(a, MMFR1, ECBHB, 60, SHOWN)					\
	x(a, MMFR2, CNP, 0, SHOWN)					\
	x(a, MMFR2, UAO, 4, SHOWN)					\
	x(a, MMFR2, LSM, 8, SHOWN)					\
	x(a, MMFR2, IESB, 12, SHOWN)					\
	x(a, MMFR2, VARANGE, 16, SHOWN)					\
	x(a, MMFR2, CCIDX, 20, SHOWN)					\
	x(a, MMFR2, ST, 28, SHOWN)					\
	x(a, MMFR2, AT, 32, SHOWN)					\
	x(a, MMFR2, IDS, 36, SHOWN)					\
	x(a, MMFR2, TTL, 48, SHOWN)					\
	x(a, MMFR2, BBM, 52, SHOWN)					\
	x(a, MMFR2, E0PD, 60, SHOWN)

/* ID_PFR0_EL1: what is for AArch32 as well. Nothing traps AArch32's view but this. */
#define FEATURES_AARCH32(x, a)						\
	x(a, PFR0_32, STATE0, 0, SHOWN)					\
	x(a, PFR0_32, STATE1, 4, SHOWN)					\
	x(a, PFR0_32, STATE2, 8, SHOWN)					\
	x(a, PFR0_32, STATE3, 12, SHOWN)				\
	x(a, PFR0_32, CSV2, 16, 1)					\
	x(a, PFR0_32, AMU, 20, HIDDEN)	/* CPTR_EL2.TAM */		\
	x(a, PFR0_32, DIT, 24, SHOWN)					\
	x(a, PFR0_32, RAS, 28, 1)

#define FEATURES(x, a)							\
	FEATURES_PFR(x, a)						\
	FEATURES_DFR(x, a)						\
	FEATURES_ISAR(x, a)						\
	FEATURES_MMFR(x, a)						\
	FEATURES_AARCH32(x, a)

/* ID registers with fields in the table, as x(CRm, op2, name there) */
#define FEATURE_REGISTERS(x)						\
	x(1, 0, PFR0_32)						\
	x(4, 0, PFR0)							\
	x(4, 1, PFR1)							\
	x(5, 0, DFR0)							\
	x(6, 0, ISAR0)							\
	x(6, 1, ISAR1)							\
	x(6, 2, ISAR2)							\
	x(7, 0, MMFR0)							\
	x(7, 1, MMFR1)							\
	x(7, 2, MMFR2)

/*
 * Those of AArch32 that are shown as they are, as x(CRm, op2): ID_PFR1, ID_MMFR0
 * to 3, ID_ISAR0 to 5, ID_MMFR4, ID_ISAR6, MVFR0 to 2, ID_PFR2, ID_MMFR5. No cell
 * has AArch32 but at EL0, so debug (ID_DFR0, ID_DFR1) is not there.
 */
#define PLAIN_REGISTERS(x)						\
	x(1, 1) x(1, 4) x(1, 5) x(1, 6) x(1, 7)				\
	x(2, 0) x(2, 1) x(2, 2) x(2, 3) x(2, 4) x(2, 5) x(2, 6) x(2, 7)	\
	x(3, 0) x(3, 1) x(3, 2) x(3, 4) x(3, 6)

/*
 * What a cell reads of an ID register that HCR_EL2.TID3 traps: S3_0_C0_C<crm>_<op2>,
 * with @crm from 1 to 7.
 */
u64 features_read(unsigned int crm, unsigned int op2);

#endif /* ARM64_FEATURES_H */
