/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Watchdog demo on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of RAM. Watched
 * from its start on, and restarted twice when it fails.
 */

#include <common.h>
#include <qemu-virt/board.h>

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("watchdog-demo",
			       JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED |
			       JAILHOUSE_CELL_WATCHED | JAILHOUSE_CELL_RESTARTS(2)),
	},
	.cpus = { 1 << 3 },
	.mem_regions = { QEMU_CELL_REGIONS(8) },
};
