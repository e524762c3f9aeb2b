/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/sysreg.h>
#include <gic/gic_state.h>

struct arch_cpu {
	bool prepared;		/* by arch_cpu_init() */
	struct gic_cpu gic;
};

struct cpu_context;

struct arch_vcpu {
	struct gic_vcpu gic;
	struct cpu_context *context;	/* of tests of arch/ */
	bool shared;		/* between arch_vcpu_share() and _unshare() */
	u64 alarm;		/* of its timer; 0: none */
	bool interrupted;	/* an interrupt waits for it */
	bool kept;		/* its registers are away */
};

struct arch_cell {
	u64 vttbr;
	bool mem_ready;		/* between arch_cell_mem_init() and _release() */
	/* what the fake unit (fake/unit.c) knows of the cell */
	bool unit_prepared;
	bool unit_taken;
	unsigned int unit_resets;
	unsigned int unit_stops;
	struct gic_cell gic;
};

struct cpu *arch_this_cpu(void);
struct vcpu *arch_this_vcpu(void);

/* In a spin loop, other CPUs and time go on: see fake_cpu_relax. */
void cpu_relax(void);

/* Time passes only in cpu_relax() and when a test says so. */
u64 arch_counter(void);
#define arch_exit_counter	arch_counter
u64 arch_counter_hz(void);
u64 arch_mpidr(void);

#endif /* ARCH_CPU_H */
