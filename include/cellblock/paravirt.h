/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_PARAVIRT_H
#define CELLBLOCK_PARAVIRT_H

/*
 * The paravirtual interface, revision 1.0 (Documentation/paravirt.md): what a guest on
 * a CPU that is shared with others tells the hypervisor, and is told. For any kernel.
 */

#include <jailhouse/types.h>

/*
 * Vendor-specific hypervisor service of the SMC Calling Convention (Arm DEN 0028), by
 * the guest's PSCI conduit; without a hypervisor that has it all answer -1.
 */
#define CELLBLOCK_PV_CALL_UID		0x8600ff01U
#define CELLBLOCK_PV_CALL_REVISION	0x8600ff03U	/* x0: major, x1: minor */
/* x0: CELLBLOCK_PV_HAS_*; x1: where struct cellblock_pv_cpu of this CPU is */
#define CELLBLOCK_PV_CALL_FEATURES	0x86000000U

/* c6a695d4-32e7-4ef4-b27c-b676158d0ff2, as x0 to x3 have it */
#define CELLBLOCK_PV_UID_0		0xd495a6c6U
#define CELLBLOCK_PV_UID_1		0xf44ee732U
#define CELLBLOCK_PV_UID_2		0x76b67cb2U
#define CELLBLOCK_PV_UID_3		0xf20f8d15U

#define CELLBLOCK_PV_MAJOR		1
#define CELLBLOCK_PV_MINOR		0

/* this CPU is shared: the calls below have an effect */
#define CELLBLOCK_PV_HAS_SCHED		(1U << 0)

/* struct cellblock_pv_cpu: policy; after include/cellblock/sharing.h's */
#define CELLBLOCK_PV_BY_PRIORITY	1
#define CELLBLOCK_PV_BY_SLOTS		2

/* scheduler: the kind of the guest's own */
#define CELLBLOCK_PV_SCHED_UNKNOWN	0
#define CELLBLOCK_PV_SCHED_FIXED	1	/* fixed priorities */
#define CELLBLOCK_PV_SCHED_EDF		2
#define CELLBLOCK_PV_SCHED_CYCLIC	3
#define CELLBLOCK_PV_SCHED_FAIR		4

/* mode: what the guest does */
#define CELLBLOCK_PV_MODE_UNKNOWN	0
#define CELLBLOCK_PV_MODE_IDLE		1	/* until its next deadline */
#define CELLBLOCK_PV_MODE_NORMAL	2
#define CELLBLOCK_PV_MODE_OVERLOAD	3	/* does not keep its deadlines */

#ifndef __ASSEMBLY__

/*
 * Of one CPU, in the guest's communication region, from the offset on that FEATURES
 * says. In memory with caches on. Times are of the system counter (CNTVCT_EL0).
 */
struct cellblock_pv_cpu {
	/* written by the guest, looked at when it sleeps in WFI */
	volatile __u64 until;		/* it wakes then at the latest; 0: by interrupts only */
	volatile __u64 deadline;	/* its timers do not wake it before */
	/* written by the guest, for those who look */
	volatile __u32 period;		/* of what it does, in microseconds */
	volatile __u32 execution;	/* of each period, in microseconds */
	volatile __u16 scheduler;	/* CELLBLOCK_PV_SCHED_* */
	volatile __u16 mode;		/* CELLBLOCK_PV_MODE_* */

	/* written by the hypervisor when the guest gets the CPU */
	volatile __u32 policy;		/* CELLBLOCK_PV_BY_*; 0: not asked */
	volatile __u64 used;		/* counts that the guest has had since it was created */
	volatile __u32 switches;	/* times that it got the CPU */
	volatile __u32 overruns;	/* of these, its budget or slot has ended */
	volatile __u32 share_period;	/* by its configuration, in microseconds */
	volatile __u32 share_budget;	/* of each such period; 0: its slots say */
};

_Static_assert(sizeof(struct cellblock_pv_cpu) == 56, "");

/* Of the communication region: room for the first 64 CPUs of the machine. */
#define CELLBLOCK_PV_OFFSET		0x200

/* For cellblock_pv_pass_param(); 0 or UNKNOWN: the guest does not say. */
struct cellblock_pv_param {
	__u64 deadline;		/* of the system counter */
	__u32 period;
	__u32 execution;
	__u16 scheduler;
	__u16 mode;
};

#if defined(__aarch64__)

/* the guest's PSCI conduit: "hvc #0" or "smc #0" */
#ifndef CELLBLOCK_PV_CONDUIT
#define CELLBLOCK_PV_CONDUIT		"hvc #0"
#endif

struct cellblock_pv_result {
	__u64 x[4];
};

static inline struct cellblock_pv_result cellblock_pv_call(__u32 function)
{
	register __u64 x0 asm("x0") = function;
	register __u64 x1 asm("x1");
	register __u64 x2 asm("x2");
	register __u64 x3 asm("x3");

	asm volatile(CELLBLOCK_PV_CONDUIT
		     : "+r" (x0), "=r" (x1), "=r" (x2), "=r" (x3) : : "memory");
	return (struct cellblock_pv_result) { { x0, x1, x2, x3 } };
}

/*
 * On each CPU that wants it, after each start.
 *
 * @region	the communication region, mapped with caches on
 * @return of the calling CPU; NULL: it is not shared, or nobody has the interface
 */
static inline struct cellblock_pv_cpu *cellblock_pv_find(void *region)
{
	struct cellblock_pv_result uid = cellblock_pv_call(CELLBLOCK_PV_CALL_UID);
	struct cellblock_pv_result features;

	if (uid.x[0] != CELLBLOCK_PV_UID_0 || uid.x[1] != CELLBLOCK_PV_UID_1 ||
	    uid.x[2] != CELLBLOCK_PV_UID_2 || uid.x[3] != CELLBLOCK_PV_UID_3 ||
	    cellblock_pv_call(CELLBLOCK_PV_CALL_REVISION).x[0] != CELLBLOCK_PV_MAJOR)
		return (void *)0;
	features = cellblock_pv_call(CELLBLOCK_PV_CALL_FEATURES);
	return features.x[0] & CELLBLOCK_PV_HAS_SCHED ?
	       (void *)((char *)region + features.x[1]) : (void *)0;
}

/*
 * sched_yield: gives the CPU away until an interrupt comes or the time is over. A WFI,
 * with interrupts masked or not, as the guest likes.
 *
 * @pv		of this CPU
 * @until	of the system counter; 0: until an interrupt comes
 */
static inline void cellblock_pv_yield(struct cellblock_pv_cpu *pv, __u64 until)
{
	pv->until = until;
	/* what this CPU has written, EL2 sees on it: no barrier */
	asm volatile("wfi" : : : "memory");
	pv->until = 0;
}

#endif /* __aarch64__ */

/*
 * sched_pass_param. From here on the timers of the CPU do not end a WFI before the
 * deadline: who has a periodic tick need not reprogram it.
 *
 * @pv		of this CPU
 */
static inline void cellblock_pv_pass_param(struct cellblock_pv_cpu *pv,
					   const struct cellblock_pv_param *param)
{
	pv->deadline = param->deadline;
	pv->period = param->period;
	pv->execution = param->execution;
	pv->scheduler = param->scheduler;
	pv->mode = param->mode;
}

#endif /* !__ASSEMBLY__ */
#endif /* CELLBLOCK_PARAVIRT_H */
