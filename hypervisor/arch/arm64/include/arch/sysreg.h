/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <jailhouse/types.h>

/* Sections of the Arm ARM are those of DDI 0487I.a. */

/* @r: a name that the assembler knows, or a macro for S<op0>_<op1>_... */
#define SYSREG_NAME(r)	#r
#define read_sysreg(r) ({						\
	u64 __val;							\
	asm volatile("mrs %0, " SYSREG_NAME(r) : "=r" (__val));	\
	__val;								\
})
#define write_sysreg(v, r)						\
	asm volatile("msr " SYSREG_NAME(r) ", %x0" : : "rZ" ((u64)(v)))

/* Two registers, whose places in memory follow each other: one store, or one load. */
#define save_sysreg_pair(place_a, a, place_b, b) do {			\
	u64 __a = read_sysreg(a), __b = read_sysreg(b);			\
									\
	(place_a) = __a;						\
	(place_b) = __b;						\
} while (0)
#define load_sysreg_pair(place_a, a, place_b, b) do {			\
	u64 __a = (place_a), __b = (place_b);				\
									\
	/* both are read before one is written */			\
	asm volatile("" : "+r" (__a), "+r" (__b));			\
	write_sysreg(__a, a);						\
	write_sysreg(__b, b);						\
} while (0)

#define isb()		asm volatile("isb" : : : "memory")
#define dsb(opt)	asm volatile("dsb " #opt : : : "memory")
#define dmb(opt)	asm volatile("dmb " #opt : : : "memory")
/* PSB CSYNC, TSB CSYNC */
#define psb_csync()	asm volatile("hint #17" : : : "memory")
#define tsb_csync()	asm volatile("hint #18" : : : "memory")
#define wfi()		asm volatile("wfi" : : : "memory")
/* by encoding: the assembler wants Armv8.7. Until CNTVCT_EL0 is @time */
#define wfit(time)	asm volatile("msr s0_3_c1_c0_1, %0" : : "r" (time) : "memory")
#define wfe()		asm volatile("wfe" : : : "memory")
#define sev()		asm volatile("sev" : : : "memory")

/*
 * An invalidation in the TLBs of all CPUs, before the caller's dsb(ish). There
 * are cores that need a second one, after the first is complete, or an access of
 * theirs may still use the old translation: Cortex-A76 (1286807), -A55 (2441007),
 * -A510 (2441009). All of ours are rare enough to be made twice everywhere.
 */
#define TLBI_IS(op)	"tlbi " op "\n\tdsb ish\n\ttlbi " op

/* HCR_EL2, Arm ARM D17.2.48 */
#define HCR_VM		(1ULL << 0)
#define HCR_SWIO	(1ULL << 1)
#define HCR_FMO		(1ULL << 3)
#define HCR_IMO		(1ULL << 4)
#define HCR_AMO		(1ULL << 5)
#define HCR_VSE		(1ULL << 8)
#define HCR_TWI		(1ULL << 13)
#define HCR_TID3	(1ULL << 18)
#define HCR_TSC		(1ULL << 19)
#define HCR_TIDCP	(1ULL << 20)
#define HCR_TACR	(1ULL << 21)
#define HCR_RW		(1ULL << 31)
#define HCR_TLOR	(1ULL << 35)
#define HCR_TERR	(1ULL << 36)
#define HCR_APK		(1ULL << 40)
#define HCR_API		(1ULL << 41)
#define HCR_FIEN	(1ULL << 47)
#define HCR_ENSCXT	(1ULL << 53)
#define HCR_ATA		(1ULL << 56)
#define HCR_TID5	(1ULL << 58)

/* CPTR_EL2 with HCR_EL2.E2H = 0, Arm ARM D17.2.30; without SVE and SME, TZ and TSM are RES1 */
#define CPTR_RES1	0x22ffULL
#define CPTR_TZ		(1ULL << 8)
#define CPTR_TSM	(1ULL << 12)
#define CPTR_TTA	(1ULL << 20)
#define CPTR_TAM	(1ULL << 30)

/* MDCR_EL2 */
#define MDCR_HPMN	0x1fULL
#define MDCR_TPMCR	(1ULL << 5)
#define MDCR_TPM	(1ULL << 6)
#define MDCR_TDA	(1ULL << 9)
#define MDCR_TDOSA	(1ULL << 10)
#define MDCR_TDRA	(1ULL << 11)
#define MDCR_E2PB	(3ULL << 12)
#define MDCR_TPMS	(1ULL << 14)
#define MDCR_TTRF	(1ULL << 19)
#define MDCR_E2TB	(3ULL << 24)

/* HCRX_EL2 */
#define HCRX_TALLINT	(1ULL << 6)
#define HCRX_MSCEN	(1ULL << 11)

/* HDFGRTR_EL2, HDFGWTR_EL2: traps where set, and where clear */
#define HDFG_DBGCLAIM	(1ULL << 5)
#define HDFG_DBGPRCR	(1ULL << 7)
#define HDFG_NBRBCTL	(1ULL << 60)

/* MPAM2_EL2 */
#define MPAM2_TRAP_EL1	(1ULL << 48)
#define MPAM2_TRAP_EL0	(1ULL << 49)
#define MPAM2_TIDR	(1ULL << 58)
#define MPAM2_MPAMEN	(1ULL << 63)

/* CNTP_CTL_EL0, CNTV_CTL_EL0, CNTHP_CTL_EL2 */
#define CNT_CTL_ENABLE		(1U << 0)
#define CNT_CTL_IMASK		(1U << 1)
#define CNT_CTL_ISTATUS		(1U << 2)

/* CNTHCTL_EL2 with HCR_EL2.E2H = 0: what EL1 may do without a trap */
#define CNTHCTL_EL1PCTEN	(1U << 0)	/* the physical counter */
#define CNTHCTL_EL1PCEN		(1U << 1)	/* the physical timer */

/* SPSR and DAIF */
#define PSR_MODE_MASK	0xf
#define PSR_MODE_EL0t	0x0
#define PSR_MODE_EL1t	0x4
#define PSR_MODE_EL1h	0x5
#define PSR_MODE32	(1 << 4)
#define PSR_I		(1 << 7)
#define PSR_DAIF	0x3c0
#define PSR_BTYPE	(3 << 10)
#define PSR_SSBS	(1 << 12)
#define PSR_ALLINT	(1 << 13)
#define PSR_SS		(1 << 21)
#define PSR_PAN		(1 << 22)
#define PSR_DIT		(1 << 24)
#define PSR_TCO		(1 << 25)
#define PSR_NZCV	(0xfU << 28)
#define PSR_IT		(3 << 25 | 0x3f << 10)	/* AArch32 */

/* SCTLR_EL1, Arm ARM D17.2.118: what an exception to EL1 makes of PAN, SSBS, ALLINT */
#define SCTLR_EL1_SPAN	(1ULL << 23)
#define SCTLR_EL1_DSSBS	(1ULL << 44)
#define SCTLR_EL1_NMI	(1ULL << 61)
#define SCTLR_EL1_SPINTMASK	(1ULL << 62)

/* ESR_ELx, Arm ARM D17.2.37 */
#define ESR_EC_SHIFT	26
#define ESR_EC(esr)	(((esr) >> ESR_EC_SHIFT) & 0x3f)
#define ESR_IL		(1U << 25)
#define ESR_ISS(esr)	((esr) & 0x1ffffff)

/* ISS of what AArch32 executes under a condition */
#define ESR_CV		(1U << 24)
#define ESR_COND(iss)	((iss) >> 20 & 0xf)
#define COND_AL		0xe

#define EC_UNKNOWN	0x00
#define EC_WFX		0x01
#define EC_CP15_32	0x03	/* AArch32: MCR, MRC */
#define EC_CP15_64	0x04	/* MCRR, MRRC */
#define EC_CP14_32	0x05
#define EC_CP14_LS	0x06	/* LDC, STC */
#define EC_CP10_ID	0x08	/* VMRS */
#define EC_LS64		0x0a
#define EC_CP14_64	0x0c
#define EC_SYS128	0x14
#define EC_HVC64	0x16
#define EC_SMC64	0x17
#define EC_SYS64	0x18
#define EC_SVE		0x19
#define EC_TSTART	0x1b
#define EC_SME		0x1d
#define EC_IABT_LOWER	0x20
#define EC_IABT_SAME	0x21
#define EC_DABT_LOWER	0x24
#define EC_DABT_SAME	0x25

#define ESR_HVC_IMM(esr)	((esr) & 0xffff)
/* ISS of WFI and its kin; Rt is where that of trapped registers is */
#define ESR_WFX_IS_WFE	(1U << 0)
#define ESR_WFX_TIMEOUT_SHIFT	1	/* WFIT, WFET */
#define ESR_WFX_TIMEOUT	(1U << ESR_WFX_TIMEOUT_SHIFT)
#define ESR_WFX_RV	(1U << 2)	/* Rt is valid */

/* ISS of trapped system register accesses; bit 0: read */
#define ESR_SYS64_RT_SHIFT	5
#define ESR_SYS64_RT_MASK	(0x1fULL << ESR_SYS64_RT_SHIFT)
#define ESR_SYS64_RT(iss)	(((iss) >> ESR_SYS64_RT_SHIFT) & 0x1f)
#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_OP0(reg)		((reg) >> 20 & 3)
#define SYSREG_CRN(reg)		((reg) >> 10 & 0xf)
#define SYSREG_CRM(reg)		((reg) >> 1 & 0xf)
#define SYSREG_OP2(reg)		((reg) >> 17 & 7)

/* ISS of data aborts */
#define DABT_ISV	(1U << 24)
#define DABT_SAS(iss)	(((iss) >> 22) & 3)
#define DABT_SAS_MASK	(3U << 22)
#define DABT_SAS_32	(2U << 22)
#define DABT_SSE	(1U << 21)
#define DABT_SRT_SHIFT	16
#define DABT_SRT(iss)	(((iss) >> DABT_SRT_SHIFT) & 0x1f)
#define DABT_SF		(1U << 15)
/* an access that the syndrome describes, to an address without a mapping */
#define DABT_MMIO_MASK	(DABT_ISV | DABT_S1PTW | FSC_TYPE_MASK)
#define DABT_MMIO	(DABT_ISV | FSC_TRANSLATION)
#define DABT_FNV	(1U << 10)
#define DABT_CM		(1U << 8)
#define DABT_S1PTW	(1U << 7)
#define DABT_WNR_SHIFT	6
#define DABT_WNR	(1U << DABT_WNR_SHIFT)
#define ABT_FSC(iss)	((iss) & 0x3f)
#define FSC_TYPE_MASK	0x3cU		/* without the level */
#define FSC_TYPE(fsc)	((fsc) & FSC_TYPE_MASK)
#define FSC_ADDRESS	0x00
#define FSC_TRANSLATION	0x04
#define FSC_PERMISSION	0x0c
#define FSC_SEA		0x10

/* HPFAR_EL2: the page of a guest-physical address */
#define HPFAR_FIPA(hpfar)	(((hpfar) & 0xfffffffff0ULL) << 8)

/* Vectors: offsets of the groups for an exception that is taken from... */
#define VECTORS_SP0	0x000	/* the same level, which uses SP_EL0 */
#define VECTORS_SPX	0x200	/* the same level */
#define VECTORS_LOWER64	0x400	/* a lower one in AArch64 */
#define VECTORS_LOWER32	0x600	/* a lower one in AArch32 */
#define VECTORS_SIZE	0x800
#define VECTOR_SIZE	0x80

#define MPIDR_AFF_MASK	0xff00ffffffULL
#define MPIDR_AFF0(mpidr)	((mpidr) & 0xff)
#define MPIDR_AFF1(mpidr)	((mpidr) >> 8 & 0xff)
#define MPIDR_AFF2(mpidr)	((mpidr) >> 16 & 0xff)
#define MPIDR_AFF3(mpidr)	((mpidr) >> 32 & 0xff)

/* Fields of the ID registers, by their lowest bit; four bits each */
#define ID_FIELD(reg, lsb)	((reg) >> (lsb) & 0xf)
#define ID_AA64DFR0_PMUVER	8
#define ID_AA64DFR0_BRPS	12	/* breakpoints - 1 */
#define ID_AA64DFR0_WRPS	20	/* watchpoints - 1 */
#define ID_AA64ISAR1_APA	4
#define ID_AA64ISAR1_API	8
#define ID_AA64ISAR2_APA3	12
#define ID_AA64MMFR0_PARANGE	0
#define ID_AA64MMFR0_FGT	56
#define ID_AA64MMFR1_HCX	40
#define ID_AA64PFR0_GIC		24	/* system registers of a GICv3 or later */
#define ID_AA64PFR0_RAS		28
#define ID_AA64PFR0_SVE		32
#define ID_AA64PFR0_MPAM	40
#define ID_AA64PFR1_SME		24

#define PARANGE_48	5

/* No cache has shorter lines than that (CTR_EL0.DminLine). */
#define CACHE_LINE_MIN	16

/* PMCR_EL0 */
#define PMCR_P		(1U << 1)	/* reset the event counters */
#define PMCR_C		(1U << 2)	/* reset the cycle counter */
#define PMCR_LC		(1U << 6)	/* it has 64 bits */
#define PMCR_N(pmcr)	((pmcr) >> 11 & 0x1f)

/* ISR_EL1: an SError is pending */
#define ISR_A		(1U << 8)

/* PAR_EL1, result of address translation */
#define PAR_F		(1U << 0)
#define PAR_PA_MASK	0xfffffffff000ULL

#endif /* ARCH_SYSREG_H */
