/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_CPU_H
#define ARM64_CPU_H

#include <jailhouse/types.h>

struct guest_regs;
struct vcpu;

/* Programs the EL2 trap and translation registers for this CPU's guest (el2.c). */
void cpu_set_traps(void);

/*
 * This CPU's guest begins at the vcpu's start address, when it is entered with @regs,
 * which are set (cpu.c).
 */
void cpu_begin_guest(const struct vcpu *vcpu, struct guest_regs *regs);

/*
 * Registers of EL0 and EL1 as after a reset, for the next guest (reset.c). On a shared
 * CPU those of debug and PMU are root's.
 */
void reset_guest_state(void);

/* Does the CPU have pointer authentication, or a PMU? For HAS_KEYS, HAS_COUNTERS (reset.c) */
bool has_keys(void);
bool has_counters(void);
/* ACTLR_EL1, AMAIR_EL1, AFSR0_EL1 or AFSR1_EL1? Root is on this CPU. */
bool has_aux(void);

/* Zeroes v0..v31, FPCR and FPSR (fpsimd.S). */
void fpsimd_reset(void);
/* Z0 to Z31, in SVE_STATE_SIZE bytes. */
void sve_save(void *to);

#endif /* ARM64_CPU_H */
