/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_PERCPU_PRIVATE_H
#define ARM64_PERCPU_PRIVATE_H

#include <arch/guest_regs.h>
#include <arch/layout.h>
#include <cpu/el2_state.h>
#include <gic/gic_state.h>
#include <lib/page_alloc.h>

struct cpu;
struct vcpu;

/* What Linux had at EL2 that entry.S overwrites, which handles them in pairs. */
struct linux_el2 {
	u64 sctlr, ttbr0, tcr, mair, vbar, sp;
};

/* What an exception of EL2 itself overwrites of an exit; vectors.S handles it in pairs. */
#define EXIT_STATE(reg)			\
	reg(elr_el2)			\
	reg(spsr_el2)			\
	reg(esr_el2)			\
	reg(far_el2)			\
	reg(hpfar_el2)

struct exit_state {
#define EXIT_FIELD(r)	u64 r;
	EXIT_STATE(EXIT_FIELD)
#undef EXIT_FIELD
};

/*
 * Private data of a CPU, at PERCPU_VA on that CPU and mapped nowhere else.
 * The registers come first: SP_EL2 points there while the guest runs.
 */
struct percpu {
	struct guest_regs regs;
	struct linux_el2 linux_el2;
	struct cpu *cpu;
	struct vcpu *volatile *leaving;	/* the CPU's */
	struct vcpu *vcpu;		/* whose guest runs */
	struct exit_state exit;		/* before an access that may fail (mm/phys.c) */
	struct el2_state saved;		/* what arch_cpu_commit() found */
	struct gic_cpu_state gic;
	u64 phys;			/* of this structure */
	u32 has;			/* HAS_*, since it was entered */
	/* with the padding up to the end of the page */
	u8 emergency_stack[2048];
} __attribute__((aligned(PAGE_SIZE)));

static inline struct percpu *this_percpu(void)
{
	return (struct percpu *)PERCPU_VA;
}

static inline bool this_cpu_has(u32 feature)
{
	return this_percpu()->has & 1U << feature;
}

#endif /* ARM64_PERCPU_PRIVATE_H */
