/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Timer demo on QEMU's arm64 "virt" machine: CPU 1, 16 MiB of RAM. */

#include <common.h>
#include <qemu-virt/board.h>

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("timer-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { QEMU_CELL_REGIONS(0) },
};
