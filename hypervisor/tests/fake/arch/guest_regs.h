/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_GUEST_REGS_H
#define ARCH_GUEST_REGS_H

#include <jailhouse/types.h>

struct guest_regs {
	u64 x[31];
};

#endif /* ARCH_GUEST_REGS_H */
