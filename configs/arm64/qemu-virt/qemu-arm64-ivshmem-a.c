/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Cell of the IVSHMEM demos and tests on QEMU's arm64 "virt" machine: CPU 2,
 * 16 MiB of RAM, a peer of every link but the RTOS demo's.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

/* memory regions */
#define DEMO_REGIONS		QEMU_CELL_COUNT
#define NET_REGIONS		(DEMO_REGIONS + QEMU_SHMEM_DEMO_COUNT)
#define BULK_REGIONS		(NET_REGIONS + QEMU_SHMEM_NET_COUNT)
#define MSIX_REGIONS		(BULK_REGIONS + QEMU_SHMEM_BULK_COUNT)
#define CELLS_REGIONS		(MSIX_REGIONS + QEMU_SHMEM_MSIX_COUNT)
#define NUM_REGIONS		(CELLS_REGIONS + QEMU_SHMEM_CELLS_COUNT)

#define CHIPS								\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_CELL_A_SPI)

#define DEVICES								\
	QEMU_SHMEM_DEMO_DEVICE(DEMO_REGIONS, 1),			\
	QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1),				\
	QEMU_SHMEM_BULK_DEVICE(BULK_REGIONS, 1),			\
	QEMU_SHMEM_MSIX_DEVICE(MSIX_REGIONS, 1),			\
	QEMU_SHMEM_CELLS_DEVICE(CELLS_REGIONS, 0)

CELL_CONFIG(NUM_REGIONS, CHIP_COUNT(CHIPS), DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("ivshmem-a", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
		.vpci_irq_base = QEMU_VPCI_CELL_A_SPI,
	},
	.cpus = { 1 << 2 },
	.mem_regions = {
		QEMU_CELL_REGIONS(6),
		QEMU_SHMEM_DEMO_REGIONS(1),
		QEMU_SHMEM_NET_REGIONS(1),
		QEMU_SHMEM_BULK_REGIONS(1),
		QEMU_SHMEM_MSIX_REGIONS(1),
		QEMU_SHMEM_CELLS_REGIONS(0),
	},
	.irqchips = { CHIPS },
	.pci_devices = { DEVICES },
};
