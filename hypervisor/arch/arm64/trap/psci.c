// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/sysreg.h>
#include <core/control.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <lib/errno.h>

#include "smccc.h"

static struct vcpu *find_vcpu(const struct cell *cell, u64 mpidr)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell)
		if (vcpu->mpidr == (mpidr & MPIDR_AFF_MASK))
			return vcpu;
	return NULL;
}

static s64 cpu_on(u64 mpidr, u64 entry, u64 context)
{
	struct cell *cell = this_percpu()->vcpu->cell;
	struct vcpu *target = find_vcpu(cell, mpidr);

	if (!target)
		return PSCI_INVALID_PARAMETERS;
	switch (control_start_vcpu(cell, target, entry, context)) {
	case 0:
		return PSCI_SUCCESS;
	case -EBUSY:
		return PSCI_ALREADY_ON;
	case -EAGAIN:
		return PSCI_ON_PENDING;
	case -EPERM:
		return PSCI_DENIED;
	default:
		return PSCI_INVALID_PARAMETERS;
	}
}

/* Affinity level 0 only: optional beyond since PSCI 1.0 */
static s64 affinity_info(u64 mpidr, u32 level)
{
	struct vcpu *vcpu = find_vcpu(this_percpu()->vcpu->cell, mpidr);
	s64 result = PSCI_AFFINITY_OFF;

	if (!vcpu || level)
		return PSCI_INVALID_PARAMETERS;
	/* a CPU that takes its command now is not off in between */
	spin_lock(&vcpu->cpu->lock);
	if (vcpu->state == VCPU_RUNNING)
		result = PSCI_AFFINITY_ON;
	else if (vcpu->command == VCPU_CMD_START)
		result = PSCI_AFFINITY_ON_PENDING;
	spin_unlock(&vcpu->cpu->lock);
	return result;
}

/* A result that tells of other CPUs: those of a cell that stops are parked one by one. */
static s64 unless_stopped(s64 result)
{
	control_end_if_stopped();
	return result;
}

static bool is_root(void)
{
	return this_percpu()->vcpu->cell == &root_cell;
}

/* Optional: of root's, the firmware knows. */
static bool is_reset2(u32 fid)
{
	return (fid & ~SMCCC_64) == PSCI_SYSTEM_RESET2;
}

/*
 * The machine is root's to switch off; another cell stops itself. Root's reset
 * may come back with an error.
 */
static s64 system_off(u32 fid, u64 arg1, u64 arg2, u64 arg3)
{
	if (is_root())
		return smc_call(fid, arg1, arg2, arg3);
	/* there is one kind of reset: the architecture's warm one */
	if (is_reset2(fid) && (u32)arg1)
		return PSCI_INVALID_PARAMETERS;
	cell_stop_self(fid != PSCI_SYSTEM_OFF);
}

/* What a function with 32-bit arguments and the same with 64-bit ones have in common. */
#define NUMBER(fid)	(((fid) & ~SMCCC_64) - PSCI_FIRST)
#define BIT(fid)	(1U << NUMBER(fid))

#define BOTH		(BIT(PSCI_CPU_SUSPEND) | BIT(PSCI_CPU_ON) | BIT(PSCI_AFFINITY_INFO))
#define ONLY_32		(BIT(PSCI_VERSION) | BIT(PSCI_CPU_OFF) | BIT(PSCI_MIGRATE_INFO_TYPE) | \
			 BIT(PSCI_SYSTEM_OFF) | BIT(PSCI_SYSTEM_RESET) | BIT(PSCI_FEATURES))

bool psci_implements(u32 fid)
{
	return NUMBER(fid) < 32 &&
	       (fid & SMCCC_64 ? BOTH : BOTH | ONLY_32) >> NUMBER(fid) & 1;
}

static s64 features(u32 fid)
{
	if (psci_implements(fid) || fid == SMCCC_VERSION)
		return PSCI_SUCCESS;
	if (is_reset2(fid))
		return is_root() ? smc_call(PSCI_FEATURES, fid, 0, 0) :
				   PSCI_SUCCESS;
	return PSCI_NOT_SUPPORTED;
}

static __attribute__((noinline)) s64 serve(u32 fid, u64 arg1, u64 arg2, u64 arg3)
{
	if (!(fid & SMCCC_64)) {
		arg1 = (u32)arg1;
		arg2 = (u32)arg2;
		arg3 = (u32)arg3;
	}

	if (!psci_implements(fid) && !is_reset2(fid))
		return PSCI_NOT_SUPPORTED;
	switch (NUMBER(fid)) {
	case NUMBER(PSCI_CPU_SUSPEND):
		/* a standby state, whatever was asked for: allowed, 5.4.2 */
		irq_cpu_sleep(false, 0);
		return PSCI_SUCCESS;
	case NUMBER(PSCI_CPU_OFF):
		/* root's, while others share it: 5.5.2 */
		if (this_percpu()->cpu->shared && is_root())
			return PSCI_DENIED;
		cell_cpu_off();
	case NUMBER(PSCI_CPU_ON):
		return unless_stopped(cpu_on(arg1, arg2, arg3));
	case NUMBER(PSCI_AFFINITY_INFO):
		return unless_stopped(affinity_info(arg1, (u32)arg2));
	case NUMBER(PSCI_MIGRATE_INFO_TYPE):
		return PSCI_TOS_NOT_PRESENT;
	case NUMBER(PSCI_SYSTEM_OFF):
	case NUMBER(PSCI_SYSTEM_RESET):
	case NUMBER(PSCI_SYSTEM_RESET2):
		return system_off(fid, arg1, arg2, arg3);
	case NUMBER(PSCI_FEATURES):
		return features((u32)arg1);
	default:
		return PSCI_NOT_SUPPORTED;
	}
}

s64 psci_handle(u64 function, u64 arg1, u64 arg2, u64 arg3)
{
	/* apart from the rest, which needs a stack frame */
	if ((u32)function == PSCI_VERSION)
		return PSCI_VERSION_1_1;
	return serve((u32)function, arg1, arg2, arg3);
}
