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

#include <common.h>
#include <qemu-virt/board.h>

#define RAM_PHYS		0x6a000000
#define RAM_SIZE		0x04000000
#define FLASH_PHYS		0x6e000000
#define FLASH_SIZE		0x00200000
#define ENV_PHYS		(FLASH_PHYS + FLASH_SIZE)
#define ENV_SIZE		0x00040000

#define REGIONS								\
	/* flash: U-Boot */						\
	REGION(FLASH_PHYS, QEMU_FLASH_BASE, FLASH_SIZE,			\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE |		\
	       JAILHOUSE_MEM_LOADABLE),					\
	/* flash: U-Boot's environment, empty */			\
	REGION(ENV_PHYS, QEMU_FLASH_BASE + QEMU_FLASH_SIZE / 2, ENV_SIZE, \
	       JAILHOUSE_MEM_READ),					\
	REGION(RAM_PHYS, QEMU_RAM_BASE, RAM_SIZE, ACCESS_CELL_RAM),	\
	QEMU_CELL_UART_REGION

CELL_CONFIG(REGION_COUNT(REGIONS), 0, 0) config = {
	.cell = {
		QEMU_CELL_DESC("u-boot", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { REGIONS },
};
