/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Zephyr on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of RAM where the board of
 * ports/zephyr has it. The page at 0 is for the branch to the entry point.
 */

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
		.name = "zephyr",
		.flags = JAILHOUSE_CELL_PASSIVE_COMMREG,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 3,
	},

	.mem_regions = {
		QEMU_CELL_RAM_REGION(QEMU_CELL_BASE(10), QEMU_PAGE),
		/* RAM */ {
			.phys_start = QEMU_CELL_BASE(9),
			.virt_start = QEMU_RAM_BASE,
			.size = QEMU_CELL_SIZE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA |
				JAILHOUSE_MEM_LOADABLE,
		},
		QEMU_CELL_UART_REGION,
	},
};
