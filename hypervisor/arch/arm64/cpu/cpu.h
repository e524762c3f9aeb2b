/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_CPU_H
#define ARM64_CPU_H

/* Programs the EL2 trap and translation registers for this CPU's cell (el2.c). */
void cpu_set_traps(void);

/* Registers of EL0 and EL1 as after a reset, for the next guest (reset.c). */
void reset_guest_state(void);

/* Zeroes v0..v31, FPCR and FPSR (fpsimd.S). */
void fpsimd_reset(void);

#endif /* ARM64_CPU_H */
