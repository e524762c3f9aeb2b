/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_CONTEXT_H
#define RTOS_CONTEXT_H

/*
 * What a thread's registers are kept in while it does not run; shared by C and
 * assembly. An interrupted thread is saved whole ("full"), one that switches by
 * a call keeps only what a call must preserve: x19-x30, sp and d8-d15.
 */
#define CONTEXT_X(n)		((n) * 8)
#define CONTEXT_SP		(31 * 8)
#define CONTEXT_PC		(32 * 8)
#define CONTEXT_PSTATE		(33 * 8)
#define CONTEXT_FULL		(34 * 8)
#define CONTEXT_FPCR		(35 * 8)
#define CONTEXT_FPSR		(36 * 8)
#define CONTEXT_Q(n)		(38 * 8 + (n) * 16)
#define CONTEXT_SIZE		CONTEXT_Q(32)

/* Of a handler that another interrupt preempts, on the CPU's own stack. */
#define NESTED_Q(n)		(26 * 8 + (n) * 16)
#define NESTED_SIZE		NESTED_Q(32)

#ifndef __ASSEMBLY__

#include <jailhouse/types.h>

struct context {
	u64 x[31];
	u64 sp;
	u64 pc;
	u64 pstate;
	u64 full;
	u64 fpcr;
	u64 fpsr;
	u64 pad;
	struct {
		u64 low, high;
	} q[32];
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct context) == CONTEXT_SIZE, "context");
_Static_assert(offsetof(struct context, sp) == CONTEXT_SP, "context");
_Static_assert(offsetof(struct context, full) == CONTEXT_FULL, "context");
_Static_assert(offsetof(struct context, fpsr) == CONTEXT_FPSR, "context");
_Static_assert(offsetof(struct context, q) == CONTEXT_Q(0), "context");

#endif

#endif
