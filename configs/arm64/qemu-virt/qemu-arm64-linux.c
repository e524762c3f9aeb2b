/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A second Linux on QEMU's arm64 "virt" machine: CPUs 2 and 3, 160 MiB of RAM,
 * the UART, and a network link with root.
 *	jailhouse cell linux qemu-arm64-linux.cell Image -i initrd
 *
 * The UART's registers are root's too, but not its interrupt: give root another
 * console while this cell exists.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#define RAM_BASE		0x60000000
#define RAM_SIZE		0x0a000000
#define UART_INTID		33

#define OWN_REGIONS							\
	/* where the cell starts: the way into the kernel */		\
	REGION(RAM_BASE - QEMU_PAGE, QEMU_CELL_RAM, QEMU_PAGE,		\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |		\
	       JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE),		\
	REGION(RAM_BASE, RAM_BASE, RAM_SIZE, ACCESS_CELL_RAM),		\
	QEMU_CELL_UART_REGION
#define NET_REGIONS		REGION_COUNT(OWN_REGIONS)

#define CHIPS								\
	QEMU_DEVICE_IRQCHIP(UART_INTID),				\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_LINUX_SPI)

#define DEVICES								\
	QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1)

CELL_CONFIG(NET_REGIONS + QEMU_SHMEM_NET_COUNT, CHIP_COUNT(CHIPS), DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("linux", JAILHOUSE_CELL_PASSIVE_COMMREG),
		.vpci_irq_base = QEMU_VPCI_LINUX_SPI,
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = {
		OWN_REGIONS,
		QEMU_SHMEM_NET_REGIONS(1),
	},
	.irqchips = { CHIPS },
	.pci_devices = { DEVICES },
};
