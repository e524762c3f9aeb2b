/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_LOADER_H
#define CELLBLOCK_LOADER_H

/*
 * What the driver and the hypervisor image agree on. Both are built from one
 * tree; CELLBLOCK_VERSION ties them together.
 *
 * Hypervisor memory, from hypervisor_memory.phys_start:
 *	0			image (header first, .bss included): core_size bytes
 *	core_size		system configuration: config_size bytes
 *	next page ...		page pool
 */

#define CELLBLOCK_SIGNATURE		"CELLBLK"	/* 8 bytes with its NUL */
#define CELLBLOCK_LOADER_REVISION	4
#define CELLBLOCK_MAX_CPUS		64
#define CELLBLOCK_PAGE_SIZE		4096
/*
 * Hypervisor memory ends there at last: a page of it is mapped at its physical
 * address as well, below the addresses that the hypervisor runs at.
 */
#define CELLBLOCK_MEMORY_END		0x7f80000000ULL

/*
 * Calls of the image's entry point, at EL2 with the MMU off, made by
 *	hvc #0, x0 = HVC_SOFT_RESTART, x1 = physical entry address,
 *	x2 = CELLBLOCK_OP_*, x3 = Linux logical CPU number, x4 = 0
 * They return to the instruction after the hvc, at EL1, with the result in
 * x0 (0 or a negative errno); x1..x17 and the flags are lost, x18..x30, sp and
 * the FP registers are preserved. Interrupts must be masked.
 *
 * OP_INIT, on one CPU: checks the configuration and prepares everything.
 * Nothing of the machine is changed, whatever it returns; after a failure the
 * memory can be given back at once, after a success too.
 * OP_ENTER, on every CPU of the configuration at the same time: returns 0 on
 * all of them with the hypervisor in place, or an error on all of them with
 * nothing changed (-ETIMEDOUT if not all have come within
 * CELLBLOCK_ENTER_TIMEOUT_MS).
 */
#define CELLBLOCK_OP_INIT		0
#define CELLBLOCK_OP_ENTER		1

#define CELLBLOCK_ENTER_TIMEOUT_MS	1000

#ifndef __ASSEMBLY__

#include <jailhouse/types.h>

/* First bytes of the image. */
struct cellblock_header {
	char signature[8];
	__u32 revision;		/* CELLBLOCK_LOADER_REVISION */
	__u32 max_cpus;
	char version[64];	/* CELLBLOCK_VERSION of the build, NUL-padded */
	__u64 image_size;	/* bytes of the file to load; sentences follow */
	__u64 core_size;	/* bytes of the image with .bss, page-aligned */
	__u64 entry;		/* offset of the entry point */
	__u64 shared_offset;	/* of struct cellblock_shared, page-aligned */
	/*
	 * Of a list of __u64 in .bss, by logical CPU, CELLBLOCK_MAX_CPUS long, that
	 * the driver fills in: MPIDR_EL1's affinity, ~0: not online.
	 */
	__u64 mpidr_offset;

	/* filled in by the driver before OP_INIT */
	__u64 phys_base;	/* where the image is */
	__u64 memory_size;	/* bytes of hypervisor memory */
	__u64 config_size;	/* bytes of the system configuration */
	__u32 num_cpus;		/* CPUs online in Linux */
	__u32 pa_range;		/* smallest ID_AA64MMFR0_EL1.PARange of these */
} __packed;

/* Why and where a cell has failed: its first fault since it was started. */
struct cellblock_fault {
	__u32 kind;		/* CELLBLOCK_FAULT_* */
	__u32 cell;		/* its id */
	__u32 cpu;		/* Linux logical CPU, or CELLBLOCK_FAULT_NO_CPU */
	__u32 padding;
	__u64 time;		/* of the system counter */
	/* of the guest, on that CPU */
	__u64 pc;
	__u64 lr;
	__u64 sp;
	__u64 pstate;
	/* of an exception: ESR_EL2, FAR_EL2; guest-physical address of an abort, ~0: not known */
	__u64 esr;
	__u64 far;
	__u64 ipa;
};

/* it has not failed, or nobody but itself says so */
#define CELLBLOCK_FAULT_NONE		0
/* its guest did what it must not */
#define CELLBLOCK_FAULT_EXCEPTION	1
/* stopped by CELLBLOCK_SHUTDOWN_FAIL while it ran */
#define CELLBLOCK_FAULT_WATCHDOG	2

/* of WATCHDOG: none of the cell's CPUs ran, or none could be stopped */
#define CELLBLOCK_FAULT_NO_CPU		(~0U)

/*
 * An access of a permissive cell to what it does not have: the first one to its
 * page, reads and writes apart, with the number of them all.
 */
struct cellblock_access {
	__u64 address;		/* guest-physical */
	__u64 pc;		/* of the guest */
	__u32 count;		/* 0: there was none */
	__u8 size;		/* bytes */
	__u8 is_write;
	__u8 is_made;		/* otherwise it read as zero, or wrote nothing */
	__u8 cpu;		/* Linux logical CPU */
};

/* of each cell; the last one counts those too for which there is no room */
#define CELLBLOCK_ACCESSES		24

/* What there is to say of a cell. */
struct cellblock_record {
	struct cellblock_fault fault;
	struct cellblock_access access[CELLBLOCK_ACCESSES];
};

/* When a line on the console began, and where. */
struct cellblock_stamp {
	__u64 time;		/* of the system counter */
	__u64 mpidr;		/* MPIDR_EL1 of the CPU */
	__u32 position;		/* of its first character, as console_head counts them */
	__u32 padding;
};

#define CELLBLOCK_STAMPS		128

#define CELLBLOCK_REFUSAL_ARGS		6

/*
 * Why something was refused: a format of printf() that is in the image's file, after what
 * is loaded, and its arguments, each as wide as a register.
 */
struct cellblock_refusal {
	__u32 sentence;		/* where it is there, from 1 on; 0: there is none */
	__u32 texts;		/* bit n: arg[n] is where its text begins in @text */
	__u64 arg[CELLBLOCK_REFUSAL_ARGS];
	char text[200];		/* one after the other, each with its NUL */
};

/* For who has a copy of it: has the arguments that are texts point to them. */
static inline void cellblock_refusal_point(struct cellblock_refusal *copy)
{
	const __u64 last = sizeof(copy->text) - 1;

	copy->text[last] = '\0';
	for (int n = 0; n < CELLBLOCK_REFUSAL_ARGS; n++) {
		__u64 begin = copy->arg[n] < last ? copy->arg[n] : last;

		if (copy->texts & 1U << n)
			copy->arg[n] = (unsigned long)&copy->text[begin];
	}
}

#define CELLBLOCK_CONSOLE_LEN		7680

/*
 * Readable, not writable, by the root cell while the hypervisor is enabled
 * (three pages).
 */
struct cellblock_shared {
	/* why the last OP_* or hypercall of the root cell was refused */
	struct cellblock_refusal refusal;
	/*
	 * The console is a ring: character n of all ever written is at
	 * console[n % CELLBLOCK_CONSOLE_LEN]. console_head counts them; a
	 * character is in place before the count includes it.
	 */
	__u32 console_head;
	/* number n of all stamps is stamp[n % CELLBLOCK_STAMPS], in place before it is counted */
	__u32 num_stamps;
	__u32 padding[14];
	char console[CELLBLOCK_CONSOLE_LEN];
	/* of the cell for which CELL_FAULT was asked last */
	struct cellblock_record record;
	struct cellblock_stamp stamp[CELLBLOCK_STAMPS];
};

_Static_assert(sizeof(struct cellblock_shared) <= 3 * CELLBLOCK_PAGE_SIZE, "");

#endif /* !__ASSEMBLY__ */

/*
 * Hypercalls beyond the Jailhouse ABI, for the driver of the same build only
 * (-EPERM for other cells).
 *
 * CELL_SHUTDOWN, arg1 = cell id, arg2 = CELLBLOCK_SHUTDOWN_*: stops the CPUs of
 * a cell, its memory stays its own. CELL_DESTROY and CELL_SET_LOADABLE of a
 * cell that runs begin with an ASK.
 *   ASK	0: stopped (or was already); -EAGAIN: the request is posted, the
 *		cell has not answered, call again; -EPERM: the cell denied it;
 *		-ETIMEDOUT: msg_reply_timeout is over, the request is withdrawn
 *   CANCEL	withdraws a request; 0
 *   FORCE	stops without asking; -EPERM if the cell is running/locked
 *   FAIL	the same, and the cell has failed; also a running/locked one that
 *		asks to be watched. Clears the cell's RAM that is not loadable.
 *
 * CELL_WATCH, arg1 = cell id, arg2 = 64 random bits that nobody else has seen, or 0:
 * what CELLBLOCK_WATCH_* take apart; -ENOENT. Of these bits as many words are kept as
 * CELLBLOCK_ENTROPY_WORDS says; the cell gets each of them once, by SMCCC's TRNG.
 *
 * CELL_FAULT, arg1 = cell id: copies its record to cellblock_shared.record and
 * returns the kind of its fault; -ENOENT.
 *
 * CPU_PARKED, arg1 = Linux logical CPU: 1 if the root cell has switched the CPU
 * off and it waits in the hypervisor, 0 if not, -EINVAL.
 */
/*
 * CPU_SHARE, arg1 = 1 or 0: root's interrupts of the CPU that makes the call come
 * by the hypervisor from now on, or no longer. Before the first cell that shares
 * it is created, and after the last one is destroyed; no interrupt of Linux may be
 * active on the CPU. -EBUSY: a cell shares it.
 */
/* type of HYPERVISOR_GET_INFO after the ABI's: of a GICv3, up to that of root's last CPU */
#define CELLBLOCK_INFO_REDISTRIBUTORS	1000

/*
 * Counters of CPU_GET_INFO after the ABI's: exits of other kinds (system
 * registers, faults), and what was denied: writes to interrupts of others,
 * SGIs to others, undefined system registers.
 */
#define CELLBLOCK_CPU_STAT_OTHER	9
#define CELLBLOCK_CPU_STAT_DENIED	10

/*
 * Types of CPU_GET_INFO after the ABI's, for CPUs that are shared. Root names the cell
 * by its id in bits 63:32 of any type; 0: root itself, or who owns the CPU. Times are
 * in ticks of the system counter.
 */
#define CELLBLOCK_CPU_INFO_USED		2000	/* time that it had the CPU */
#define CELLBLOCK_CPU_INFO_AWAY		2001	/* longest that it wanted it in vain */
#define CELLBLOCK_CPU_INFO_SWITCHES	2002	/* times that it got it */
#define CELLBLOCK_CPU_INFO_OVERRUNS	2003	/* turns ended by its budget or slot */
/* not root's: begin and end of its last turns, a ring; the first one has place 1 */
#define CELLBLOCK_CPU_INFO_TURNS	2004
#define CELLBLOCK_SHARE_TURNS		128

#define CELLBLOCK_HC_CELL_SHUTDOWN	0x100
#define CELLBLOCK_SHUTDOWN_ASK		0
#define CELLBLOCK_SHUTDOWN_CANCEL	1
#define CELLBLOCK_SHUTDOWN_FORCE	2
#define CELLBLOCK_SHUTDOWN_FAIL		3
#define CELLBLOCK_HC_CPU_PARKED		0x101
#define CELLBLOCK_HC_CELL_WATCH		0x102
/* as many as Linux asks for before it has any others */
#define CELLBLOCK_ENTROPY_WORDS		8
#define CELLBLOCK_HC_CELL_FAULT		0x103
#define CELLBLOCK_HC_CPU_SHARE		0x104
/* arg1 = cell id, arg2 = which 64-bit word of its communication region; or an error */
#define CELLBLOCK_HC_CELL_COMM		0x105
/*
 * arg1 = address. Result: an address, of a page, up to which the same is true; bit 0:
 * that it is RAM which root has at its physical address.
 */
#define CELLBLOCK_HC_ROOT_MEMORY	0x106
#define CELLBLOCK_ROOT_MEMORY_OWNED	1UL
/*
 * Windows that a program in root answers for (cellblock/remote.h); arg1 = cell id. -ENOENT:
 * no such cell has one.
 *
 * REMOTE_ATTACH, arg2 = CELLBLOCK_REMOTE_HOW(): accesses are waited for from now on; or, 0,
 * no longer. Returns the physical address of the page, -EINVAL.
 * REMOTE_NOTIFY, arg2 = CELLBLOCK_REMOTE_RANGE(): writes there are notifications, until
 * the cell is destroyed. -EINVAL.
 * REMOTE_IRQ, arg2 = CELLBLOCK_REMOTE_LEVEL(): an SPI of the cell becomes pending if the
 * cell runs, or is not pending any more. -EINVAL: it is not the cell's.
 */
#define CELLBLOCK_HC_REMOTE_ATTACH	0x107
/* root's SPI that tells of accesses, and how long a CPU waits: CELLBLOCK_REMOTE_MIN_MS.. */
#define CELLBLOCK_REMOTE_HOW(intid, ms)		((__u64)(intid) << 32 | (ms))
#define CELLBLOCK_HC_REMOTE_NOTIFY	0x108
/* a number of 32-bit registers from an aligned guest-physical address on */
#define CELLBLOCK_REMOTE_RANGE(address, count)	((__u64)(count) << 48 | (address))
#define CELLBLOCK_HC_REMOTE_IRQ		0x109
#define CELLBLOCK_REMOTE_LEVEL(intid, level)	((__u64)!!(level) << 32 | (intid))
/* of CELL_WATCH's result: the cell's state, and watchdog_* of its communication region */
#define CELLBLOCK_WATCH_STATE(result)	((__u32)((result) >> 56) & 0x3f)
/* it has ended by PSCI SYSTEM_RESET or SYSTEM_RESET2 */
#define CELLBLOCK_WATCH_RESET(result)	((__u32)((result) >> 62) & 1)
#define CELLBLOCK_WATCH_TIMEOUT(result)	((__u32)((result) >> 32) & 0xffffff)
#define CELLBLOCK_WATCH_KICKS(result)	((__u32)(result))

/* a longer timeout counts as this one */
#define CELLBLOCK_WATCH_MAX_MS		0xffffff

/* watchdog_timeout at the start of a cell that is JAILHOUSE_CELL_WATCHED */
#define CELLBLOCK_WATCH_START_MS	10000

#endif /* CELLBLOCK_LOADER_H */
