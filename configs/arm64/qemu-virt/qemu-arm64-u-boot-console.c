/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Debian's U-Boot (u-boot.h) in a cell with CPU 1, where its UART is a window: cell-devices
 * has a PL011 for it, and jailhouse console is its terminal.
 */

#include <common.h>
#include <qemu-virt/u-boot.h>

#define REGIONS								\
	U_BOOT_REGIONS,							\
	REGION(QEMU_UART_BASE, QEMU_UART_BASE, QEMU_PAGE,		\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE)

CELL_CONFIG(REGION_COUNT(REGIONS), 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("u-boot-console", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { REGIONS },
};
