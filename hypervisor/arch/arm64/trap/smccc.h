/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_SMCCC_H
#define ARM64_SMCCC_H

#include <arch/guest_regs.h>
#include <cellblock/paravirt.h>

/* SMC Calling Convention (Arm DEN 0028) and PSCI 1.1 (Arm DEN 0022) */
#define SMCCC_FAST		(1U << 31)
#define SMCCC_64		(1U << 30)
#define SMCCC_OWNER(fid)	(((fid) >> 24) & 0x3f)
#define SMCCC_OWNER_ARCH	0
#define SMCCC_OWNER_SIP		2
#define SMCCC_OWNER_OEM		3
#define SMCCC_OWNER_VENDOR_HYP	6
/* trusted applications and trusted OS, up to the last owner */
#define SMCCC_OWNER_TRUSTED_FIRST 48
#define SMCCC_NOT_SUPPORTED	(-1LL)

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U
#define SMCCC_ARCH_WORKAROUND_1	0x80008000U
#define SMCCC_ARCH_WORKAROUND_2	0x80007fffU
#define SMCCC_ARCH_WORKAROUND_3	0x80003fffU
#define SMCCC_VERSION_1_1	0x10001

#define SMCCC_TRNG_VERSION	0x84000050U
#define SMCCC_TRNG_FEATURES	0x84000051U
#define SMCCC_TRNG_GET_UUID	0x84000052U
#define SMCCC_TRNG_RND		0x84000053U
#define SMCCC_TRNG_RND_64	0xc4000053U
#define SMCCC_TRNG_FIRST	SMCCC_TRNG_VERSION
#define SMCCC_TRNG_LAST		SMCCC_TRNG_RND

/* Paravirtualized time (Arm DEN0057A) */
#define SMCCC_PV_TIME_FEATURES	0xc5000020U
#define SMCCC_PV_TIME_ST	0xc5000021U

#define PSCI_FIRST		0x84000000U
#define PSCI_LAST		0x8400001fU

#define PSCI_VERSION		0x84000000U
#define PSCI_CPU_SUSPEND	0x84000001U
#define PSCI_CPU_SUSPEND_64	0xc4000001U
#define PSCI_CPU_OFF		0x84000002U
#define PSCI_CPU_ON		0x84000003U
#define PSCI_CPU_ON_64		0xc4000003U
#define PSCI_AFFINITY_INFO	0x84000004U
#define PSCI_AFFINITY_INFO_64	0xc4000004U
#define PSCI_MIGRATE_INFO_TYPE	0x84000006U
#define PSCI_SYSTEM_OFF		0x84000008U
#define PSCI_SYSTEM_RESET	0x84000009U
#define PSCI_FEATURES		0x8400000aU
#define PSCI_SYSTEM_RESET2	0x84000012U
#define PSCI_SYSTEM_RESET2_64	0xc4000012U

#define PSCI_VERSION_1_1	0x10001
#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1LL)
#define PSCI_INVALID_PARAMETERS	(-2LL)
#define PSCI_DENIED		(-3LL)
#define PSCI_ALREADY_ON		(-4LL)
#define PSCI_ON_PENDING		(-5LL)
#define PSCI_AFFINITY_ON	0
#define PSCI_AFFINITY_OFF	1
#define PSCI_AFFINITY_ON_PENDING 2
#define PSCI_TOS_NOT_PRESENT	2

/* An SMC to the firmware (smc.c); its x0. */
s64 smc_call(u64 fid, u64 arg1, u64 arg2, u64 arg3);
/* A guest's call as it is: x1..x7 from @regs, results to its x1..x3; x0 returned. */
u64 smc_forward(u64 fid, struct guest_regs *regs);

/*
 * Serves a call by SMC or HVC; result for x0, further results in struct guest_regs.
 * What is not on the list answers NOT_SUPPORTED.
 */
u64 smccc_handle(u64 fid, u64 arg1, u64 arg2, u64 arg3);

/* May not return (CPU_OFF, SYSTEM_OFF, SYSTEM_RESET). */
s64 psci_handle(u64 fid, u64 arg1, u64 arg2, u64 arg3);
bool psci_implements(u32 fid);

/* A cell's call of TRNG (trng.c). */
u64 trng_call(u32 fid, u64 arg1) __attribute__((noinline, cold));

/* Of the vendor-specific hypervisor service (cellblock/paravirt.h): a cell's is counted here */
static inline __attribute__((always_inline)) bool is_paravirt_call(u32 fid)
{
	return fid >> 16 == CELLBLOCK_PV_CALL_FEATURES >> 16;
}
u64 paravirt_call(u32 fid, u64 arg1) __attribute__((noinline, cold));

/* A guest's call of paravirtualized time (paravirt.c), or of what there is not. */
s64 time_call(u32 fid, u32 arg1) __attribute__((noinline, cold));

#endif /* ARM64_SMCCC_H */
