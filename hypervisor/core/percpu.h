/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_PERCPU_H
#define CORE_PERCPU_H

#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

struct cell;

enum cpu_state {
	CPU_RUNNING,		/* its guest runs, or an exit of it */
	CPU_PARKED,		/* waits in the hypervisor for a command */
	CPU_RELEASED,		/* given back to the firmware, switched off */
};

enum cpu_command {
	CPU_CMD_NONE,
	CPU_CMD_PARK,
	CPU_CMD_START,		/* reset the vcpu, enter it at start_address */
	CPU_CMD_RELEASE,	/* switch off through the firmware */
};

/*
 * The ABI's counters, then ours. CELLBLOCK_CPU_STAT_DENIED counts accesses, not
 * exits: it is not part of the total.
 */
#define CPU_NUM_STATS		(CELLBLOCK_CPU_STAT_DENIED + 1)

/* What CPUs know of each other. A CPU's guest state is in its struct guest_regs. */
struct cpu {
	unsigned int id;	/* Linux logical CPU: fixed at init */
	u64 hw_id;		/* MPIDR_EL1 affinity fields: fixed at init */

	spinlock_t lock;
	/* `lock` must be held to change these (state: by the CPU itself) */
	struct cell *cell;	/* whose guest it runs; changes while parked */
	volatile enum cpu_state state;
	volatile enum cpu_command command;
	volatile bool failed;	/* parked by a fault of its guest */
	u64 start_address;	/* guest-physical */
	u64 start_arg;		/* x0 at the entry point */

	/* written by the CPU itself, no lock; element 0 (total) is not used */
	u32 stats[CPU_NUM_STATS];

	struct arch_cpu arch;
};

/* By logical CPU; NULL: not in the system configuration. Fixed at init. */
extern struct cpu *cpus[CELLBLOCK_MAX_CPUS];

/* Allocates a struct cpu for each CPU of the root cell. 0 or -ENOMEM. */
int percpu_init(void);

static inline struct cpu *cpu_by_id(u64 id)
{
	return id < CELLBLOCK_MAX_CPUS ? cpus[id] : NULL;
}

/* Sets of CPUs: bit n = logical CPU n. */
typedef u64 cpu_set_t;

static inline cpu_set_t cpu_bit(const struct cpu *cpu)
{
	return 1ULL << cpu->id;
}

#define for_each_cpu(cpu, set)						\
	for (cpu_set_t __set = (set);					\
	     __set && ((cpu) = cpus[__builtin_ctzll(__set)], true);	\
	     __set &= __set - 1)

#endif /* CORE_PERCPU_H */
