/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The system of qemu-arm64.c with RAM at 80 TiB, for 48-bit addresses. */

#define QEMU_FAR_RAM_SIZE	0x40000000ULL

#include "qemu-arm64.c"
