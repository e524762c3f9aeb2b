/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/sysreg.h>
#include <cpu/percpu_private.h>

static inline struct cpu *arch_this_cpu(void)
{
	return this_percpu()->cpu;
}

static inline struct vcpu *arch_this_vcpu(void)
{
	return this_percpu()->vcpu;
}

/* The architecture's part of struct cpu. */
struct arch_cpu {
	struct gic_cpu gic;
};

struct cpu_context;

/* The architecture's part of struct vcpu. */
struct arch_vcpu {
	struct gic_vcpu gic;
	struct cpu_context *context;	/* cpu/context.h; NULL: it shares no CPU */
};

/* The architecture's part of struct cell. */
struct arch_cell {
	u64 vttbr;
	struct gic_cell gic;
};

static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/* The free-running system counter, the same on all CPUs, in ticks. */
static inline u64 arch_counter(void)
{
	/* the counter is not read ahead of what the caller has done before */
	isb();
	return read_sysreg(cntpct_el0);
}

/* The same at some time of this exit. */
static inline u64 arch_exit_counter(void)
{
	return read_sysreg(cntpct_el0);
}

static inline u64 arch_mpidr(void)
{
	return read_sysreg(mpidr_el1);
}

static inline u64 arch_counter_hz(void)
{
	return read_sysreg(cntfrq_el0);
}

#endif /* ARCH_CPU_H */
