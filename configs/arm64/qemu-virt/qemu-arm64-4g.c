/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The system of qemu-arm64.c with 4 GiB of RAM. */

#define QEMU_RAM_SIZE		0x100000000ULL

#include "qemu-arm64.c"
