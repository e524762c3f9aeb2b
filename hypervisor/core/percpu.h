/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_PERCPU_H
#define CORE_PERCPU_H

#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <core/vcpu.h>

/* What CPUs know of each other: a CPU of the machine. */
struct cpu {
	/* of what struct vcpu says; first: no instruction to make its address */
	spinlock_t lock;
	unsigned int id;	/* Linux logical CPU: fixed at init */
	u64 hw_id;		/* MPIDR_EL1 affinity fields: fixed at init */
	/* whose guest it runs: fixed at init. If it is shared: root's, the others follow */
	struct vcpu *vcpu;

	/* of a shared one (core/share.h); lock */
	struct vcpu *running;	/* whose guest it runs now */
	/* whose it has run before: NULL when it is done with that, without the lock */
	struct vcpu *volatile leaving;
	bool shared;
	u64 turn;		/* arch_counter() when it began to run */

	struct arch_cpu arch;
};

/* By logical CPU; NULL: not in the system configuration. Fixed at init. */
extern struct cpu *cpus[CELLBLOCK_MAX_CPUS];

/* Allocates struct cpu and struct vcpu for each CPU of the root cell. 0 or -ENOMEM. */
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
