/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Second cell of the IVSHMEM demos and tests on QEMU's arm64 "virt" machine:
 * CPU 3, 16 MiB of RAM, the third peer of the demo link, and a link with cell a.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

/* memory regions */
#define DEMO_REGIONS		QEMU_CELL_COUNT
#define CELLS_REGIONS		(DEMO_REGIONS + QEMU_SHMEM_DEMO_COUNT)
#define NUM_REGIONS		(CELLS_REGIONS + QEMU_SHMEM_CELLS_COUNT)

#define CHIPS								\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_CELL_B_SPI)

#define DEVICES								\
	QEMU_SHMEM_DEMO_DEVICE(DEMO_REGIONS, 2),			\
	QEMU_SHMEM_CELLS_DEVICE(CELLS_REGIONS, 1)

CELL_CONFIG(NUM_REGIONS, CHIP_COUNT(CHIPS), DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("ivshmem-b", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
		.vpci_irq_base = QEMU_VPCI_CELL_B_SPI,
	},
	.cpus = { 1 << 3 },
	.mem_regions = {
		QEMU_CELL_REGIONS(7),
		QEMU_SHMEM_DEMO_REGIONS(2),
		QEMU_SHMEM_CELLS_REGIONS(1),
	},
	.irqchips = { CHIPS },
	.pci_devices = { DEVICES },
};
