/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_CONTEXT_H
#define ARM64_CONTEXT_H

#include <arch/guest_regs.h>
#include <gic/gic_state.h>

#include "el1_state.h"
#include "el2_state.h"
#include "profiling.h"

/* Z0 to Z31 at the longest there can be, 2048 bits (fpsimd.S) */
#define SVE_STATE_SIZE		(32 * 256)

/*
 * All of a vcpu that is in its CPU's registers, for the time that another guest has
 * these (switch.c).
 */
struct cpu_context {
	/* what vectors.S keeps and loads: with what follows at sve */
	struct guest_regs regs;
	/* what instructions reach that move pairs comes next */
	u64 pc, pstate;
#define CONTEXT_FIELD(r, reset)		u64 r;
	EL1_PAIRS(EACH_OF_PAIR, CONTEXT_FIELD)
	TIMER_STATE(CONTEXT_FIELD)
	struct el2_state el2;
	struct gic_context gic;
	/* root's; debug and PMU are off for cells */
	u64 mdscr_el1, pmcntenset_el0;
	AUX_PAIRS(EACH_OF_PAIR, CONTEXT_FIELD)
	KEY_STATE(CONTEXT_FIELD)
#undef CONTEXT_FIELD
	struct profiling_state profiling;
	void *sve;	/* SVE_STATE_SIZE, behind it; NULL: a cell's, or the CPU has no SVE */
	u64 fpcr, fpsr;
	u64 v[64];	/* Q0 to Q31 */
} __attribute__((aligned(16)));

#endif /* ARM64_CONTEXT_H */
