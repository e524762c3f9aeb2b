// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <cellblock/paravirt.h>
#include <core/cell.h>
#include <core/main.h>
#include <cpu/percpu_private.h>
#include <jailhouse/hypercall.h>
#include <lib/printk.h>

#include "smccc.h"

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
		return smc_call(SMCCC_ARCH_FEATURES, fid, 0, 0);
	return time_call(SMCCC_PV_TIME_FEATURES, fid);
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
		       smc_call(fid, arg1, 0, 0) :
		       SMCCC_NOT_SUPPORTED;
	}
}

/* True random numbers (Arm DEN 0098). The firmware's: nothing but a result. */
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
		return smc_forward(fid, &this_percpu()->regs);
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
	if (vcpu->cell != &root_cell && is_paravirt_call((u32)fid))
		return paravirt_call((u32)fid, arg1);
	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC]++;
	if (SMCCC_OWNER(base) == SMCCC_OWNER_ARCH && (base & SMCCC_FAST))
		return (u64)arch_call((u32)fid, arg1);
	if (vcpu->cell == &root_cell)
		return root_call((u32)fid);
	if (is_trng(base))
		return trng_call((u32)fid, arg1);
	return (u64)time_call((u32)fid, (u32)arg1);
}
