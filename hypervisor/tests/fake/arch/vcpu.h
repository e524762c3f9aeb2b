/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <jailhouse/types.h>

struct vcpu {
	u64 x[31];
};

#endif /* ARCH_VCPU_H */
