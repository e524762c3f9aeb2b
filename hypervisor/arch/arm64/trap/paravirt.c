// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/paravirt.h>
#include <cpu/percpu_private.h>
#include <vdev/remote.h>

#include "smccc.h"

/* KVM's service, for which stock kernels have a driver; its UID as Linux looks for it */
#define KVM_UID_0		0xb66fb428U
#define KVM_UID_1		0xe911c52eU
#define KVM_UID_2		0x564bcaa9U
#define KVM_UID_3		0x743a004dU
#define KVM_CALL_FEATURES	0x86000000U
#define KVM_CALL_PTP		0x86000001U
#define KVM_FEATURES		3	/* a bit for each of these calls */
#define KVM_PTP_PHYSICAL	1	/* with that counter; 0: the virtual one */

/* not inlined: the others need none of its registers */
static __attribute__((noinline)) u64 kvm_call(u64 *x, u32 fid, u32 arg1)
{
	u64 counter;
	s64 ns;

	if (fid == CELLBLOCK_PV_CALL_UID) {
		x[1] = KVM_UID_1;
		x[2] = KVM_UID_2;
		x[3] = KVM_UID_3;
		return KVM_UID_0;
	}
	if (fid == KVM_CALL_FEATURES) {
		x[1] = x[2] = x[3] = 0;
		return KVM_FEATURES;
	}
	/* both counters are the same: no guest has an offset (el2.c) */
	ns = fid == KVM_CALL_PTP && arg1 <= KVM_PTP_PHYSICAL ? remote_time(&counter) :
							       SMCCC_NOT_SUPPORTED;
	if (ns < 0)
		return (u64)SMCCC_NOT_SUPPORTED;
	x[1] = (u32)ns;
	x[2] = counter >> 32;
	x[3] = (u32)counter;
	return (u64)ns >> 32;
}

u64 paravirt_call(u32 fid, u64 arg1)
{
	u64 *x = this_percpu()->regs.x;
	/* what each CPU asks for, after each start */
	u64 has = fid == CELLBLOCK_PV_CALL_FEATURES ? paravirt_begin(&x[1]) : 0;

	this_percpu()->vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_SMCCC]++;
	if (has)
		return has;
	/* with windows it has CPUs of its own: ours has nothing for it */
	if (remote_has_clock(this_percpu()->vcpu->cell))
		return kvm_call(x, fid, (u32)arg1);
	switch (fid) {
	case CELLBLOCK_PV_CALL_FEATURES:
		return 0;
	case CELLBLOCK_PV_CALL_UID:
		x[1] = CELLBLOCK_PV_UID_1;
		x[2] = CELLBLOCK_PV_UID_2;
		x[3] = CELLBLOCK_PV_UID_3;
		return CELLBLOCK_PV_UID_0;
	case CELLBLOCK_PV_CALL_REVISION:
		x[1] = CELLBLOCK_PV_MINOR;
		return CELLBLOCK_PV_MAJOR;
	default:
		return (u64)SMCCC_NOT_SUPPORTED;
	}
}

static bool is_time(u32 fid)
{
	return fid == SMCCC_PV_TIME_FEATURES || fid == SMCCC_PV_TIME_ST;
}

s64 time_call(u32 fid, u32 arg1)
{
	if (!is_time(fid) || !paravirt_has_time(this_percpu()->vcpu->cell))
		return SMCCC_NOT_SUPPORTED;
	if (fid == SMCCC_PV_TIME_ST)
		return (s64)paravirt_time();
	return is_time(arg1) ? 0 : SMCCC_NOT_SUPPORTED;
}
