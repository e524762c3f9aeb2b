/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_ASM_SYSREG_H
#define FAKE_ASM_SYSREG_H

u64 fake_id_aa64pfr0_el1(void);
u64 fake_cntfrq_el0(void);

#define read_sysreg(reg)	fake_##reg()

#endif /* FAKE_ASM_SYSREG_H */
