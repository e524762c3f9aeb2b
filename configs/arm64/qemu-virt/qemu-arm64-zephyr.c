/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Zephyr on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of RAM where the board of
 * ports/zephyr has it. The page at 0 is for the branch to the entry point.
 */

#include <common.h>
#include <qemu-virt/board.h>

#define REGIONS								\
	REGION(QEMU_CELL_BASE(10), QEMU_CELL_RAM, QEMU_PAGE, ACCESS_CELL_RAM), \
	REGION(QEMU_CELL_BASE(9), QEMU_RAM_BASE, QEMU_CELL_SIZE,	\
	       ACCESS_CELL_RAM),					\
	QEMU_CELL_UART_REGION

CELL_CONFIG(REGION_COUNT(REGIONS), 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("zephyr", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 3 },
	.mem_regions = { REGIONS },
};
