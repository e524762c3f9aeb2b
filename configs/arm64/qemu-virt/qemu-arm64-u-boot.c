/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Debian's U-Boot (u-boot.h) in a cell with CPU 1. The UART is root's too: give Linux another
 * console, or both print there.
 */

#include <common.h>
#include <qemu-virt/u-boot.h>

#define REGIONS								\
	U_BOOT_REGIONS,							\
	QEMU_CELL_UART_REGION

CELL_CONFIG(REGION_COUNT(REGIONS), 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("u-boot", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { REGIONS },
};
