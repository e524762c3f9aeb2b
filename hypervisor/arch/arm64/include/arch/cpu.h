/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/layout.h>
#include <arch/sysreg.h>

struct cpu;

static inline struct cpu *arch_this_cpu(void)
{
	return *(struct cpu **)(PERCPU_VA + PERCPU_CPU);
}

/* The architecture's part of struct cpu. */
struct arch_cpu {
	volatile void *gicr;	/* redistributor: RD frame, SGI frame follows */
	u32 sgi_cluster;	/* index of its affinity cluster */
	u64 sgi_target;		/* its affinity and target bit for ICC_SGInR */
};

#define IRQ_WORDS		32
#define GIC_MAX_CLUSTERS	64

/* The architecture's part of struct cell. */
struct arch_cell {
	u64 vttbr;
	/* bit n of word w: INTID 32 * w + n is the cell's */
	u32 irqs[IRQ_WORDS];
	/* GICD_ICFGR as it took them: what it starts with, and gives back */
	u32 icfgr[IRQ_WORDS * 2];
	/* the cell's CPUs in each affinity cluster: TargetList bits */
	u16 sgi_targets[GIC_MAX_CLUSTERS];
};

static inline void cpu_relax(void)
{
	asm volatile("yield" : : : "memory");
}

/* The free-running system counter, the same on all CPUs, in ticks. */
static inline u64 arch_counter(void)
{
	isb();
	return read_sysreg(cntpct_el0);
}

static inline u64 arch_counter_hz(void)
{
	return read_sysreg(cntfrq_el0);
}

#endif /* ARCH_CPU_H */
