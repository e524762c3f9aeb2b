/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A second Linux on QEMU's arm64 "virt" machine, on CPUs that root keeps: 2 and 3, for 5 of
 * 10 ms. The communication region is where it reads its stolen time.
 *	jailhouse cell linux qemu-arm64-linux-shared.cell Image -i initrd
 */

#include <common.h>
#include <qemu-virt/linux.h>

#define REGIONS								\
	LINUX_REGIONS,							\
	REGION(0, QEMU_CELL_COMM, QEMU_PAGE,				\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_COMM_REGION)
#define CHIPS								\
	QEMU_DEVICE_IRQCHIP(LINUX_UART_INTID)

SHARING_CELL_CONFIG(REGION_COUNT(REGIONS), CHIP_COUNT(CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("linux", JAILHOUSE_CELL_PASSIVE_COMMREG |
					JAILHOUSE_CELL_SHARES_CPUS),
	},
	.mem_regions = { REGIONS },
	.irqchips = { CHIPS },
	.sharing = SHARE_PRIORITY(1 << 2 | 1 << 3, 5000, 10000),
};
