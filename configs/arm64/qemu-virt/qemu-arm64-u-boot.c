/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Debian's U-Boot for QEMU's arm64 "virt" machine, as it is, in a cell with
 * CPU 1: U-Boot is in flash at 0, has its environment at 0x4000000, 64 MiB
 * of RAM at 0x40000000, and a device tree where that begins. Flash is RAM here,
 * which root fills and U-Boot cannot write.
 *
 * The UART is root's too: give Linux another console, or both print there.
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>

#define RAM_PHYS		0x6a000000
#define RAM_SIZE		0x04000000
#define FLASH_PHYS		0x6e000000
#define FLASH_SIZE		0x00200000
#define ENV_PHYS		(FLASH_PHYS + FLASH_SIZE)
#define ENV_SIZE		0x00040000

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[4];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "u-boot",
		.flags = JAILHOUSE_CELL_PASSIVE_COMMREG,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 1,
	},

	.mem_regions = {
		/* flash: U-Boot */ {
			.phys_start = FLASH_PHYS,
			.virt_start = QEMU_FLASH_BASE,
			.size = FLASH_SIZE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE |
				JAILHOUSE_MEM_LOADABLE,
		},
		/* flash: U-Boot's environment, empty */ {
			.phys_start = ENV_PHYS,
			.virt_start = QEMU_FLASH_BASE + QEMU_FLASH_SIZE / 2,
			.size = ENV_SIZE,
			.flags = JAILHOUSE_MEM_READ,
		},
		/* RAM */ {
			.phys_start = RAM_PHYS,
			.virt_start = QEMU_RAM_BASE,
			.size = RAM_SIZE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA |
				JAILHOUSE_MEM_LOADABLE,
		},
		QEMU_CELL_UART_REGION,
	},
};
