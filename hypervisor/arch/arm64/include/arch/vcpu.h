/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <jailhouse/types.h>

/*
 * State of a guest CPU while EL2 runs. What is not here stands in the EL1
 * registers, and in ELR_EL2 and SPSR_EL2, which EL2 itself never overwrites.
 * x[18..29] are saved by full exits only (see vectors.S).
 */
struct vcpu {
	u64 x[31];
};

/* Register @rt of an instruction: 31 is the zero register. */
static inline u64 vcpu_reg(const struct vcpu *vcpu, unsigned long long rt)
{
	return rt == 31 ? 0 : vcpu->x[rt];
}

#endif /* ARCH_VCPU_H */
