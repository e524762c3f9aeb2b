/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* SMP demo on QEMU's arm64 "virt" machine: CPUs 2 and 3, 16 MiB of RAM. */

#include <common.h>
#include <qemu-virt/board.h>

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("smp-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = { QEMU_CELL_REGIONS(2) },
};
