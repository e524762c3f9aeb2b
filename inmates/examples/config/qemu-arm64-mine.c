// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* A cell for these programs on QEMU's machine: CPU 1, 16 MiB of RAM, the hypervisor's console. */

#include <common.h>
#include <qemu-virt/board.h>

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("mine", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { QEMU_CELL_REGIONS(0) },
};
