/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include <jailhouse/types.h>

/* Serves hypercall @nr of the guest on this CPU; result for x0. */
s64 hypercall(u64 nr, u64 arg1, u64 arg2);

#endif /* CORE_HYPERCALL_H */
