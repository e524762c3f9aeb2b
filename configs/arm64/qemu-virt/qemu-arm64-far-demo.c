/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* Timer demo on QEMU's arm64 "virt" machine with RAM at 80 TiB: CPU 3, 16 MiB there. */

#include <common.h>
#define QEMU_FAR_RAM_SIZE	0x40000000ULL
#include <qemu-virt/board.h>

#define FAR_CELL_BASE		(QEMU_FAR_RAM_BASE + 0x10000000)

CELL_CONFIG(QEMU_CELL_COUNT, 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("far-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 3 },
	.mem_regions = {
		REGION(FAR_CELL_BASE, QEMU_CELL_RAM, QEMU_CELL_SIZE, ACCESS_CELL_RAM),
		QEMU_CELL_UART_REGION,
		REGION(0, QEMU_CELL_COMM, QEMU_PAGE,
		       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION),
	},
};
