/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef JAILHOUSE_HYPERCALL_H
#define JAILHOUSE_HYPERCALL_H

/*
 * Hypercalls: hvc #JAILHOUSE_HVC_CODE, number in x0, arguments in x1 and x2,
 * result in x0 (>= 0, or a negative errno). Other registers are preserved.
 */
#define JAILHOUSE_HVC_CODE			0x4a48

#define JAILHOUSE_HC_DISABLE			0
#define JAILHOUSE_HC_CELL_CREATE		1
#define JAILHOUSE_HC_CELL_START			2
#define JAILHOUSE_HC_CELL_SET_LOADABLE		3
#define JAILHOUSE_HC_CELL_DESTROY		4
#define JAILHOUSE_HC_HYPERVISOR_GET_INFO	5
#define JAILHOUSE_HC_CELL_GET_STATE		6
#define JAILHOUSE_HC_CPU_GET_INFO		7
#define JAILHOUSE_HC_DEBUG_CONSOLE_PUTC		8

/* types of HYPERVISOR_GET_INFO */
#define JAILHOUSE_INFO_MEM_POOL_SIZE		0	/* pages */
#define JAILHOUSE_INFO_MEM_POOL_USED		1	/* pages */
#define JAILHOUSE_INFO_REMAP_POOL_SIZE		2	/* pages */
#define JAILHOUSE_INFO_REMAP_POOL_USED		3	/* pages */
#define JAILHOUSE_INFO_NUM_CELLS		4

/* types of CPU_GET_INFO */
#define JAILHOUSE_CPU_INFO_STATE		0
#define JAILHOUSE_CPU_INFO_STAT_BASE		1000

#define JAILHOUSE_CPU_RUNNING			0
#define JAILHOUSE_CPU_FAILED			2

/* counters of CPU_GET_INFO, each from JAILHOUSE_CPU_INFO_STAT_BASE */
#define JAILHOUSE_CPU_STAT_VMEXITS_TOTAL	0
#define JAILHOUSE_CPU_STAT_VMEXITS_MMIO		1
#define JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT	2
#define JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL	3
#define JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE	4
#define JAILHOUSE_CPU_STAT_VMEXITS_VIRQ		5
#define JAILHOUSE_CPU_STAT_VMEXITS_VSGI		6
#define JAILHOUSE_CPU_STAT_VMEXITS_PSCI		7
#define JAILHOUSE_CPU_STAT_VMEXITS_SMCCC	8
#define JAILHOUSE_NUM_CPU_STATS			9

/* communication region: cell states */
#define JAILHOUSE_CELL_RUNNING			0
#define JAILHOUSE_CELL_RUNNING_LOCKED		1
#define JAILHOUSE_CELL_SHUT_DOWN		2	/* terminal state */
#define JAILHOUSE_CELL_FAILED			3	/* terminal state */
#define JAILHOUSE_CELL_FAILED_COMM_REV		4	/* terminal state */

/* communication region: messages to the cell */
#define JAILHOUSE_MSG_NONE			0
#define JAILHOUSE_MSG_SHUTDOWN_REQUEST		1
#define JAILHOUSE_MSG_RECONFIG_COMPLETED	2

/* communication region: replies from the cell */
#define JAILHOUSE_MSG_UNKNOWN			1
#define JAILHOUSE_MSG_REQUEST_DENIED		2
#define JAILHOUSE_MSG_REQUEST_APPROVED		3
#define JAILHOUSE_MSG_RECEIVED			4

#define JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED	0x0001
#define JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE	0x0002

#define COMM_REGION_ABI_REVISION		2
#define COMM_REGION_MAGIC			"JHCOMM"

#ifndef __ASSEMBLY__

#include <jailhouse/types.h>
#include <jailhouse/console.h>

/* Start of the communication region, one page shared by cell and hypervisor. */
struct jailhouse_comm_region {
	char signature[6];
	__u16 revision;
	volatile __u32 cell_state;	/* written by the cell */
	volatile __u32 msg_to_cell;
	volatile __u32 reply_from_cell;
	__u32 flags;			/* JAILHOUSE_COMM_FLAG_* */
	struct jailhouse_console console;
	__u64 pci_mmconfig_base;
	__u8 gic_version;
	__u8 padding[7];
	__u64 gicd_base;
	__u64 gicc_base;
	__u64 gicr_base;
	__u32 vpci_irq_base;
	/* Cellblock only: the watchdog */
	volatile __u32 watchdog_timeout; /* ms, 0: off; written by the cell */
	volatile __u32 watchdog_kicks;	/* counted by the cell */
} __attribute__((packed));

_Static_assert(offsetof(struct jailhouse_comm_region, console) == 24, "");
_Static_assert(offsetof(struct jailhouse_comm_region, gic_version) == 64, "");
_Static_assert(offsetof(struct jailhouse_comm_region, gicd_base) == 72, "");
_Static_assert(offsetof(struct jailhouse_comm_region, vpci_irq_base) == 96, "");
_Static_assert(offsetof(struct jailhouse_comm_region, watchdog_timeout) == 100,
	       "");

#if defined(__aarch64__)

#define JAILHOUSE_HVC_STR_(x)		#x
#define JAILHOUSE_HVC_STR(x)		JAILHOUSE_HVC_STR_(x)

static inline long long jailhouse_call_arg2(__u64 num, __u64 arg1, __u64 arg2)
{
	register __u64 x0 asm("x0") = num;
	register __u64 x1 asm("x1") = arg1;
	register __u64 x2 asm("x2") = arg2;

	asm volatile("hvc #" JAILHOUSE_HVC_STR(JAILHOUSE_HVC_CODE)
		     : "+r" (x0) : "r" (x1), "r" (x2) : "memory");
	return (long long)x0;
}

static inline long long jailhouse_call_arg1(__u64 num, __u64 arg1)
{
	return jailhouse_call_arg2(num, arg1, 0);
}

static inline long long jailhouse_call(__u64 num)
{
	return jailhouse_call_arg2(num, 0, 0);
}

#endif /* __aarch64__ */
#endif /* !__ASSEMBLY__ */
#endif /* JAILHOUSE_HYPERCALL_H */
