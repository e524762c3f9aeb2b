/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The system of qemu-arm64.c with a GICv2. Cells have the same configurations on both. */

#define QEMU_GIC		2

#include "qemu-arm64.c"
