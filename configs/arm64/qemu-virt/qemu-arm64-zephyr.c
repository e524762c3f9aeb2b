/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Zephyr on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of RAM where the board of
 * ports/zephyr has it, and the network link to root. The page at 0 is for the
 * branch to the entry point.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#define OWN_REGIONS							\
	REGION(QEMU_CELL_BASE(10), QEMU_CELL_RAM, QEMU_PAGE, ACCESS_CELL_RAM), \
	REGION(QEMU_CELL_BASE(9), QEMU_RAM_BASE, QEMU_CELL_SIZE,	\
	       ACCESS_CELL_RAM),					\
	QEMU_CELL_UART_REGION
#define NET_REGIONS		REGION_COUNT(OWN_REGIONS)

/* It has the place of the Linux in a cell: one of both is on the link. */
#define CHIPS								\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_LINUX_SPI)

#define DEVICES								\
	QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1)

CELL_CONFIG(NET_REGIONS + QEMU_SHMEM_NET_COUNT, CHIP_COUNT(CHIPS), DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("zephyr", JAILHOUSE_CELL_PASSIVE_COMMREG |
					 JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
		.vpci_irq_base = QEMU_VPCI_LINUX_SPI,
	},
	.cpus = { 1 << 3 },
	.mem_regions = {
		OWN_REGIONS,
		QEMU_SHMEM_NET_REGIONS(1),
	},
	.irqchips = { CHIPS },
	.pci_devices = { DEVICES },
};
