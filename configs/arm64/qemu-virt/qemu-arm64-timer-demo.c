/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Timer demo on QEMU's arm64 "virt" machine: CPU 1, 16 MiB of RAM. */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[3];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "timer-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 1,
	},

	.mem_regions = {
		QEMU_CELL_RAM_REGION(QEMU_CELL_BASE(0), QEMU_CELL_SIZE),
		QEMU_CELL_UART_REGION,
		QEMU_CELL_COMM_REGION,
	},
};
