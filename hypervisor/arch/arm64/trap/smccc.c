// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/cell.h>
#include <core/main.h>
#include <cpu/percpu_private.h>
#include <jailhouse/hypercall.h>
#include <lib/printk.h>

#include "smccc.h"

s64 smccc_call_firmware(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 x0 asm("x0") = fid;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;

	/* SMCCC 1.0 lets the firmware change x0..x17 */
	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		       "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	return (s64)x0;
}

/* The root cell's call goes on to the firmware with all its arguments. */
static u64 pass_through(u64 fid)
{
	struct guest_regs *regs = &this_percpu()->regs;
	register u64 x0 asm("x0") = fid;
	register u64 x1 asm("x1") = regs->x[1];
	register u64 x2 asm("x2") = regs->x[2];
	register u64 x3 asm("x3") = regs->x[3];
	register u64 x4 asm("x4") = regs->x[4];
	register u64 x5 asm("x5") = regs->x[5];
	register u64 x6 asm("x6") = regs->x[6];
	register u64 x7 asm("x7") = regs->x[7];

	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4),
		       "+r" (x5), "+r" (x6), "+r" (x7)
		     : : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		       "x16", "x17", "memory");
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	return x0;
}

static bool is_workaround(u32 fid)
{
	return fid == SMCCC_ARCH_WORKAROUND_1 ||
	       fid == SMCCC_ARCH_WORKAROUND_2 ||
	       fid == SMCCC_ARCH_WORKAROUND_3;
}

static s64 arch_features(u32 fid)
{
	if (fid == SMCCC_VERSION || fid == SMCCC_ARCH_FEATURES)
		return 0;
	if (is_workaround(fid))
		return smccc_call_firmware(SMCCC_ARCH_FEATURES, fid, 0, 0);
	return SMCCC_NOT_SUPPORTED;
}

static s64 arch_call(u32 fid, u64 arg1)
{
	switch (fid) {
	case SMCCC_VERSION:
		return SMCCC_VERSION_1_1;
	case SMCCC_ARCH_FEATURES:
		return psci_implements((u32)arg1) ? 0 :
						    arch_features((u32)arg1);
	default:
		return is_workaround(fid) ?
		       smccc_call_firmware(fid, arg1, 0, 0) :
		       SMCCC_NOT_SUPPORTED;
	}
}

/* True random numbers (Arm DEN 0098): nothing but a result. */
static bool is_trng(u32 base)
{
	return base - SMCCC_TRNG_FIRST <= SMCCC_TRNG_LAST - SMCCC_TRNG_FIRST;
}

/*
 * Calls of root's that the firmware may see. Whatever can start code at EL2
 * or changes a CPU's power is in ranges that are not passed on: PSCI is served
 * here, SDEI and FF-A are standard services, and PSCI 0.1 has numbers that its
 * firmware chooses where nobody else has any. What SiP, OEM and the trusted OS
 * offer is needed by boards' drivers, and trusted as the firmware is.
 */
static bool root_may(u32 base)
{
	u32 owner = SMCCC_OWNER(base);

	if (is_trng(base))
		return true;
	if (system_config->flags & JAILHOUSE_SYS_STRICT_SMCCC)
		return false;
	return owner == SMCCC_OWNER_SIP || owner == SMCCC_OWNER_OEM ||
	       owner >= SMCCC_OWNER_TRUSTED_FIRST;
}

static __attribute__((noinline, cold)) u64 root_call(u32 fid)
{
	static bool reported;
	struct vcpu *vcpu = this_percpu()->vcpu;

	if (root_may(fid & ~SMCCC_64))
		return pass_through(fid);
	vcpu->stats[CELLBLOCK_CPU_STAT_DENIED]++;
	/* once: root must not be able to fill the console */
	if (!__atomic_exchange_n(&reported, true, __ATOMIC_RELAXED))
		printk("Denied: cell \"%s\", CPU %u: SMC %#x is not root's to make (told once, counted as denied)\n",
		       vcpu->cell->config->name, vcpu->cpu->id, fid);
	return (u64)SMCCC_NOT_SUPPORTED;
}

u64 smccc_handle(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	u32 base = (u32)fid & ~SMCCC_64;
	struct vcpu *vcpu = this_percpu()->vcpu;

	if (base - PSCI_FIRST <= PSCI_LAST - PSCI_FIRST) {
		vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_PSCI]++;
		return (u64)psci_handle(fid, arg1, arg2, arg3);
	}
	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC]++;
	if (SMCCC_OWNER(base) == SMCCC_OWNER_ARCH && (base & SMCCC_FAST))
		return (u64)arch_call((u32)fid, arg1);
	if (vcpu->cell == &root_cell)
		return root_call((u32)fid);
	return (u64)SMCCC_NOT_SUPPORTED;
}
