/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_ASM_VIRT_H
#define FAKE_ASM_VIRT_H

bool is_kernel_in_hyp_mode(void);

#endif /* FAKE_ASM_VIRT_H */
