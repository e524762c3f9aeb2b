/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_VCPU_H
#define CORE_VCPU_H

#include <arch/cpu.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

struct cell;
struct cpu;

enum vcpu_state {
	VCPU_RUNNING,		/* the guest runs, or an exit of it */
	VCPU_PARKED,		/* its CPU waits in the hypervisor for a command */
	VCPU_OFF,		/* its CPU is switched off at the firmware */
	VCPU_HALTED,		/* its CPU does nothing any more (core/halt.h) */
};

enum vcpu_command {
	VCPU_CMD_NONE,
	VCPU_CMD_START,		/* reset it, enter the guest at start_address */
	VCPU_CMD_OFF,		/* switch its CPU off through the firmware */
};

/*
 * The ABI's counters, then ours. CELLBLOCK_CPU_STAT_DENIED counts accesses, not
 * exits: it is not part of the total.
 */
#define VCPU_NUM_STATS		(CELLBLOCK_CPU_STAT_DENIED + 1)

/* Why a guest does not want the CPU that it shares. */
enum share_rest {
	SHARE_READY,		/* it does */
	SHARE_SLEEPS,		/* it is in a WFI, until its alarm */
	SHARE_PARKS,		/* it stops */
};

/* The time of a vcpu that shares its CPU; its own CPU's (core/share.h). */
struct vcpu_share {
	const struct cellblock_sharing *config;	/* NULL: not a cell's that shares its CPU */
	/* at rest until then, when its timer rings; 0: an interrupt waits, or a command */
	u64 alarm;
	enum share_rest rest;
	/* of the budget, in this period, at the begin of its turn; < 0: was more than it */
	s64 left;
	s64 budget;		/* in ticks of arch_counter(), as the others are */
	u64 renewal;		/* when the next period begins */
	u64 period;
	u64 defer;		/* for how long root may have it put off */
	struct cellblock_pv_cpu *area;	/* its part of the communication region */
	/* the one that the guest has asked for; NULL: not */
	struct cellblock_pv_cpu *pv;
	struct paravirt_time *time;
	u64 stolen;		/* while it had asked for that, since the cell's start */
	u64 lost;		/* when it wanted the CPU last and did not have it */
	/* CELLBLOCK_CPU_INFO_USED and the next; used: without its turn */
	u64 used, away, switches, overruns;
};

/*
 * A CPU as a cell has it. Its registers are in the CPU while the guest runs;
 * those that an exit saves are in struct guest_regs.
 */
struct vcpu {
	struct cpu *cpu;	/* the CPU it runs on: fixed at init */
	u64 mpidr;		/* affinity fields of MPIDR_EL1 for the guest */

	/* cpu->lock must be held to change these (state: by that CPU itself) */
	struct cell *cell;	/* changes while parked */
	volatile enum vcpu_state state;
	volatile enum vcpu_command command;	/* for a parked one */
	volatile bool failed;	/* parked by a fault of the guest */
	u64 start_address;	/* guest-physical */
	u64 start_arg;		/* x0 at the entry point */

	/* that shares the CPU; root's is the first (struct cpu). NULL: the last */
	struct vcpu *next;
	struct vcpu_share share;

	u32 mem_updates;	/* of its cell's tables, at its last fault */

	struct arch_vcpu arch;

	/* written by its CPU, no lock; element 0 (total) is not used */
	u32 stats[VCPU_NUM_STATS];

	/* cell's that shares the CPU: CELLBLOCK_CPU_INFO_TURNS, of CELLBLOCK_SHARE_TURNS */
	u64 turns[][2];
};

#endif /* CORE_VCPU_H */
