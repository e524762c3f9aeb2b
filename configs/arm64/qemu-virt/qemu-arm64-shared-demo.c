/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A program on a CPU of Linux's on QEMU's arm64 "virt" machine: CPU 1, before
 * Linux for 2 of 10 ms, 16 MiB of RAM. For the timer demo or the RTOS.
 */

#include <common.h>
#include <qemu-virt/board.h>

SHARING_CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("shared-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED |
					      JAILHOUSE_CELL_SHARES_CPUS),
	},
	.mem_regions = { QEMU_CELL_REGIONS(9) },
	.sharing = SHARE_PRIORITY(1 << 1, 2000, 10000),
};
