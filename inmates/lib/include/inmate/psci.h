/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PSCI_H
#define INMATE_PSCI_H

#include <jailhouse/types.h>

/**
 * @file
 * Calls of the firmware, which in a cell is the hypervisor: PSCI 1.1 (DEN 0022)
 * by SMCCC 1.1 (DEN 0028). What a cell gets is in
 * Documentation/guest-contract.md.
 */

/** @name Functions and answers of PSCI
 * @{
 */
/** Of DEN 0022. */
#define PSCI_VERSION			0x84000000U
#define PSCI_CPU_SUSPEND		0xc4000001U
#define PSCI_CPU_OFF			0x84000002U
#define PSCI_CPU_ON_32			0x84000003U
#define PSCI_CPU_ON			0xc4000003U
#define PSCI_AFFINITY_INFO_32		0x84000004U
#define PSCI_AFFINITY_INFO		0xc4000004U
#define PSCI_MIGRATE_INFO_TYPE		0x84000006U
#define PSCI_SYSTEM_OFF			0x84000008U
#define PSCI_SYSTEM_RESET		0x84000009U
#define PSCI_SYSTEM_RESET2		0xc4000012U
#define PSCI_FEATURES			0x8400000aU

#define PSCI_SUCCESS			0
#define PSCI_NOT_SUPPORTED		(-1)
#define PSCI_INVALID_PARAMETERS		(-2)
#define PSCI_DENIED			(-3)
#define PSCI_ALREADY_ON			(-4)
#define PSCI_ON_PENDING			(-5)
#define PSCI_INVALID_ADDRESS		(-9)

/** @} */

/** @name Answers of AFFINITY_INFO
 * @{
 */
/** Of DEN 0022. */
#define PSCI_AFF_ON			0
#define PSCI_AFF_OFF			1
#define PSCI_AFF_ON_PENDING		2
/** @} */

/** @name Functions and answers of SMCCC
 * @{
 */
/** Of DEN 0028. */
#define SMCCC_VERSION			0x80000000U
#define SMCCC_ARCH_FEATURES		0x80000001U
#define SMCCC_ARCH_WORKAROUND_1		0x80008000U
#define SMCCC_NOT_SUPPORTED		(-1)
/** @} */

/** The instruction that calls. The order is known to smccc.S. */
enum smccc_conduit {
	SMCCC_SMC,		/**< smc \#0 */
	SMCCC_HVC,		/**< hvc \#0 */
	SMCCC_HYPERCALL,	/**< hvc with the hypercalls' immediate */
};

/** What the library itself uses: SMC in a cell, HVC when bare. */
extern const enum smccc_conduit smccc_default_conduit;

/**
 * Calls.
 *
 * @param conduit	SMCCC_SMC or SMCCC_HVC
 * @param function	in x0
 * @param arg1		in x1
 * @param arg2		in x2
 * @param arg3		in x3
 * @return x0 of the answer
 */
long smccc_call(enum smccc_conduit conduit, u32 function, u64 arg1, u64 arg2,
		u64 arg3);

/** All general registers. */
struct smccc_regs {
	u64 x[31];	/**< X0 to X30 */
};

/**
 * For a look at all registers.
 *
 * @param conduit	any
 * @param regs		as they are at the call, and afterwards as the callee left
 *	them
 */
void smccc_call_regs(enum smccc_conduit conduit, struct smccc_regs *regs);

/**
 * Calls PSCI, whose answers have 32 bits.
 *
 * @param function	PSCI_...
 * @param arg1		first
 * @param arg2		second
 * @param arg3		third
 * @return PSCI_...
 */
static inline int psci_call(u32 function, u64 arg1, u64 arg2, u64 arg3)
{
	return (int)smccc_call(smccc_default_conduit, function, arg1, arg2, arg3);
}

/**
 * Starts a CPU as PSCI does, MMU off; smp_start_cpu() does more.
 *
 * @param mpidr		affinity of a CPU of the cell
 * @param entry		physical address of its first instruction
 * @param context	in its x0
 * @return PSCI_SUCCESS, PSCI_ALREADY_ON, PSCI_INVALID_PARAMETERS, ...
 */
static inline int psci_cpu_on(u64 mpidr, u64 entry, u64 context)
{
	return psci_call(PSCI_CPU_ON, mpidr, entry, context);
}

/**
 * Asks how a CPU is.
 *
 * @param mpidr	affinity of a CPU
 * @return PSCI_AFF_ON, _OFF, _ON_PENDING; PSCI_INVALID_PARAMETERS: not the cell's
 */
static inline int psci_affinity_info(u64 mpidr)
{
	return psci_call(PSCI_AFFINITY_INFO, mpidr, 0, 0);
}

#endif /* INMATE_PSCI_H */
