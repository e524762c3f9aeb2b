/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_ASM_CPUFEATURE_H
#define FAKE_ASM_CPUFEATURE_H

bool system_uses_irq_prio_masking(void);

#endif /* FAKE_ASM_CPUFEATURE_H */
