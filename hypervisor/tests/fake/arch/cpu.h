/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/sysreg.h>

struct arch_cpu {
	bool prepared;		/* by arch_cpu_init() */
	/* as in arch/arm64, for its GIC code */
	volatile void *gicr;
	u32 gicr_frame;
	u32 sgi_cluster;
	u64 sgi_target;
};

#define IRQ_WORDS		32
#define GIC_MAX_CLUSTERS	64

struct arch_cell {
	bool mem_ready;		/* between arch_cell_mem_init() and _release() */
	/* what the fake unit (fake/unit.c) knows of the cell */
	bool unit_prepared;
	bool unit_taken;
	unsigned int unit_resets;
	unsigned int unit_stops;
	/* as in arch/arm64, for its GIC code */
	u32 irqs[IRQ_WORDS];
	u32 icfgr[IRQ_WORDS * 2];
	u16 sgi_targets[GIC_MAX_CLUSTERS];
};

struct cpu *arch_this_cpu(void);

/* In a spin loop, other CPUs and time go on: see fake_cpu_relax. */
void cpu_relax(void);

/* Time passes only in cpu_relax() and when a test says so. */
u64 arch_counter(void);
u64 arch_counter_hz(void);

#endif /* ARCH_CPU_H */
