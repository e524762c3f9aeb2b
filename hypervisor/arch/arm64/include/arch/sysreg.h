/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <jailhouse/types.h>

/* @r: a name that the assembler knows, or a macro for S<op0>_<op1>_... */
#define SYSREG_NAME(r)	#r
#define read_sysreg(r) ({						\
	u64 __val;							\
	asm volatile("mrs %0, " SYSREG_NAME(r) : "=r" (__val));	\
	__val;								\
})
#define write_sysreg(v, r)						\
	asm volatile("msr " SYSREG_NAME(r) ", %x0" : : "rZ" ((u64)(v)))

#define isb()		asm volatile("isb" : : : "memory")
#define dsb(opt)	asm volatile("dsb " #opt : : : "memory")
#define dmb(opt)	asm volatile("dmb " #opt : : : "memory")
#define wfi()		asm volatile("wfi" : : : "memory")
#define wfe()		asm volatile("wfe" : : : "memory")
#define sev()		asm volatile("sev" : : : "memory")

/* HCR_EL2, Arm ARM D17.2.48 */
#define HCR_VM		(1ULL << 0)
#define HCR_SWIO	(1ULL << 1)
#define HCR_FMO		(1ULL << 3)
#define HCR_IMO		(1ULL << 4)
#define HCR_AMO		(1ULL << 5)
#define HCR_TWI		(1ULL << 13)
#define HCR_TSC		(1ULL << 19)
#define HCR_TIDCP	(1ULL << 20)
#define HCR_TACR	(1ULL << 21)
#define HCR_RW		(1ULL << 31)
#define HCR_APK		(1ULL << 40)
#define HCR_API		(1ULL << 41)

/* SPSR and DAIF */
#define PSR_MODE_MASK	0xf
#define PSR_MODE_EL0t	0x0
#define PSR_MODE_EL1t	0x4
#define PSR_MODE_EL1h	0x5
#define PSR_MODE32	(1 << 4)
#define PSR_DAIF	0x3c0
#define PSR_SSBS	(1 << 12)
#define PSR_IL		(1 << 20)
#define PSR_PAN		(1 << 22)
#define PSR_DIT		(1 << 24)
#define PSR_NZCV	(0xfU << 28)

/* SCTLR_EL1, Arm ARM D17.2.118: what an exception to EL1 makes of PAN and SSBS */
#define SCTLR_EL1_SPAN	(1ULL << 23)
#define SCTLR_EL1_DSSBS	(1ULL << 44)

/* ESR_ELx, Arm ARM D17.2.37 */
#define ESR_EC_SHIFT	26
#define ESR_EC(esr)	(((esr) >> ESR_EC_SHIFT) & 0x3f)
#define ESR_IL		(1U << 25)
#define ESR_ISS(esr)	((esr) & 0x1ffffff)

#define EC_UNKNOWN	0x00
#define EC_WFX		0x01
#define EC_FPSIMD	0x07
#define EC_ILLEGAL	0x0e
#define EC_HVC64	0x16
#define EC_SMC64	0x17
#define EC_SYS64	0x18
#define EC_SVE		0x19
#define EC_IABT_LOWER	0x20
#define EC_IABT_SAME	0x21
#define EC_PC_ALIGN	0x22
#define EC_DABT_LOWER	0x24
#define EC_DABT_SAME	0x25
#define EC_SP_ALIGN	0x26
#define EC_SERROR	0x2f

#define ESR_WFX_IS_WFE	(1U << 0)

/* ISS of trapped system register accesses; bit 0: read */
#define ESR_SYS64_RT_SHIFT	5
#define ESR_SYS64_RT_MASK	(0x1fULL << ESR_SYS64_RT_SHIFT)
#define ESR_SYS64_RT(iss)	(((iss) >> ESR_SYS64_RT_SHIFT) & 0x1f)
#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)

/* ISS of data aborts */
#define DABT_ISV	(1U << 24)
#define DABT_SAS(iss)	(((iss) >> 22) & 3)
#define DABT_SAS_MASK	(3U << 22)
#define DABT_SAS_32	(2U << 22)
#define DABT_SSE	(1U << 21)
#define DABT_SRT_SHIFT	16
#define DABT_SRT(iss)	(((iss) >> DABT_SRT_SHIFT) & 0x1f)
#define DABT_SF		(1U << 15)
#define DABT_FNV	(1U << 10)
#define DABT_CM		(1U << 8)
#define DABT_S1PTW	(1U << 7)
#define DABT_WNR_SHIFT	6
#define DABT_WNR	(1U << DABT_WNR_SHIFT)
#define ABT_FSC(iss)	((iss) & 0x3f)
#define FSC_TYPE(fsc)	((fsc) & 0x3c)
#define FSC_TRANSLATION	0x04
#define FSC_ACCESS	0x08
#define FSC_PERMISSION	0x0c
#define FSC_SEA		0x10

#define MPIDR_AFF_MASK	0xff00ffffffULL

/* ID_AA64PFR0_EL1: system registers of a GICv3 or later */
#define ID_PFR0_GIC(pfr0)	(((pfr0) >> 24) & 0xf)

/* PAR_EL1, result of address translation */
#define PAR_F		(1U << 0)
#define PAR_PA_MASK	0xfffffffff000ULL

#endif /* ARCH_SYSREG_H */
