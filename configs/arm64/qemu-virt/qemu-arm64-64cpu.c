/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The system of qemu-arm64.c with 64 CPUs. */

#define QEMU_CPUS		64

#include "qemu-arm64.c"
