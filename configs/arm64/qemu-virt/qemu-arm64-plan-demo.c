/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A program in slots of a CPU of Linux's on QEMU's arm64 "virt" machine: CPU 1,
 * twice in each 10 ms, 16 MiB of RAM.
 */

#include <common.h>
#include <qemu-virt/board.h>

SHARING_CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("plan-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED |
					    JAILHOUSE_CELL_SHARES_CPUS),
	},
	.mem_regions = { QEMU_CELL_REGIONS(4) },
	.sharing = SHARE_CYCLIC(1 << 1, 10000, { 0, 500 }, { 5000, 1000 }),
};
