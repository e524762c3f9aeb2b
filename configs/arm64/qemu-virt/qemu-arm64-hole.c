/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The system of qemu-arm64.c where Linux has no CPU 1. */

#define QEMU_CPU_SET		(1 << 0 | 1 << 2 | 1 << 3)

#include "qemu-arm64.c"
