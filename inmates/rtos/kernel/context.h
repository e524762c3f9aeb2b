/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_CONTEXT_H
#define RTOS_CONTEXT_H

/*
 * What C and assembly both know. A thread's registers are in its context while
 * it does not run: all ("full") if it was interrupted, and only what a call must
 * preserve if it switched by one. Floating point is there for threads that use
 * it, which the first such instruction of theirs shows.
 */
#define CONTEXT_X(n)		((n) * 8)
#define CONTEXT_PC		(31 * 8)	/* next to X30 */
#define CONTEXT_PSTATE		(32 * 8)
#define CONTEXT_FP		(33 * 8)
#define CONTEXT_SP		(34 * 8)
#define CONTEXT_FULL		(35 * 8)	/* next to SP */
#define CONTEXT_FPCR		(36 * 8)	/* FPSR is next */
#define CONTEXT_Q(n)		(38 * 8 + (n) * 16)
#define CONTEXT_SIZE		CONTEXT_Q(32)

/* Of a handler that another interrupt preempts, on the CPU's own stack. */
#define NESTED_ELR		(21 * 8)	/* SPSR is next */
#define NESTED_CPACR		(23 * 8)	/* struct cpu.irq is next */
#define NESTED_FPCR		(26 * 8)	/* FPSR is next */
#define NESTED_Q(n)		(28 * 8 + (n) * 16)
#define NESTED_SIZE		NESTED_Q(32)
/* Floating point is there as in a context that begins so many bytes before. */
#define NESTED_AS_CONTEXT	(CONTEXT_FPCR - NESTED_FPCR)

/* struct cpu */
#define CPU_CONTEXT		0
#define CPU_STACK		8
#define CPU_IRQ			16
#define CPU_RESCHED		20

#define HANDLER_SHIFT		4		/* of sizeof(struct irq_handler) */

#define CPACR_FPEN		(3 << 20)
#define CPACR_FPEN_BIT		20

#ifndef __ASSEMBLY__

#include <jailhouse/types.h>

struct context {
	u64 x[31];
	u64 pc;
	u64 pstate;
	u64 fp;
	u64 sp;
	u64 full;
	u64 fpcr;
	u64 fpsr;
	struct {
		u64 low, high;
	} q[32];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct context) == CONTEXT_SIZE, "context");
_Static_assert(offsetof(struct context, pc) == CONTEXT_PC, "context");
_Static_assert(offsetof(struct context, pstate) == CONTEXT_PSTATE, "context");
_Static_assert(offsetof(struct context, fp) == CONTEXT_FP, "context");
_Static_assert(offsetof(struct context, sp) == CONTEXT_SP, "context");
_Static_assert(offsetof(struct context, full) == CONTEXT_FULL, "context");
_Static_assert(offsetof(struct context, fpcr) == CONTEXT_FPCR, "context");
_Static_assert(offsetof(struct context, q) == CONTEXT_Q(0), "context");

#endif

#endif
