/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_GUEST_REGS_H
#define ARCH_GUEST_REGS_H

#include <jailhouse/types.h>

/*
 * State of a guest CPU while EL2 runs. What is not here is in the EL1
 * registers, and in ELR_EL2 and SPSR_EL2, which EL2 itself never overwrites
 * (an abort that it expects is undone, see mm/access.h).
 * x[8..15] and x[18..29] are saved by full exits only (see vectors.S).
 */
struct guest_regs {
	u64 x[32];	/* x[31] is XZR: always zero */
};

/* Writes register @rt of an instruction; register 31 stays zero. */
static inline void guest_regs_set(struct guest_regs *regs, u64 rt, u64 value)
{
	regs->x[rt] = value;
	regs->x[31] = 0;
}

#endif /* ARCH_GUEST_REGS_H */
