/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_U_BOOT_H
#define QEMU_VIRT_U_BOOT_H

/*
 * A cell for Debian's U-Boot for QEMU's arm64 "virt" machine, as it is: U-Boot is in flash
 * at 0, has its environment at 0x4000000, 64 MiB of RAM at 0x40000000, and a device tree
 * where that begins. Flash is RAM here, which root fills and U-Boot cannot write.
 */

#include <qemu-virt/board.h>

#define U_BOOT_RAM_PHYS		0x6a000000
#define U_BOOT_RAM_SIZE		0x04000000
#define U_BOOT_FLASH_PHYS	0x6e000000
#define U_BOOT_FLASH_SIZE	0x00200000
#define U_BOOT_ENV_PHYS		(U_BOOT_FLASH_PHYS + U_BOOT_FLASH_SIZE)
#define U_BOOT_ENV_SIZE		0x00040000

/* All but the UART at QEMU_UART_BASE. */
#define U_BOOT_REGIONS							\
	/* flash: U-Boot */						\
	REGION(U_BOOT_FLASH_PHYS, QEMU_FLASH_BASE, U_BOOT_FLASH_SIZE,	\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_EXECUTE |		\
	       JAILHOUSE_MEM_LOADABLE),					\
	/* flash: U-Boot's environment, empty */			\
	REGION(U_BOOT_ENV_PHYS, QEMU_FLASH_BASE + QEMU_FLASH_SIZE / 2,	\
	       U_BOOT_ENV_SIZE, JAILHOUSE_MEM_READ),			\
	REGION(U_BOOT_RAM_PHYS, QEMU_RAM_BASE, U_BOOT_RAM_SIZE, ACCESS_CELL_RAM)

#endif /* QEMU_VIRT_U_BOOT_H */
