/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <jailhouse/types.h>

/* System registers that arch/arm64's GIC code reads: variables of the test. */
#define read_sysreg(reg)	(fake_##reg)

/* accesses are in order here */
#define dsb(option)	((void)0)

extern u64 fake_id_aa64pfr0_el1;
#define ID_PFR0_GIC(pfr0)	(((pfr0) >> 24) & 0xf)

#endif /* ARCH_SYSREG_H */
