/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The real-time kernel's demo on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of
 * RAM, a link with root.
 */

#include <common.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#define CHIPS								\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_RTOS_SPI)

#define DEVICES								\
	QEMU_SHMEM_RTOS_DEVICE(QEMU_CELL_COUNT, 1)

#define NUM_REGIONS		(QEMU_CELL_COUNT + QEMU_SHMEM_RTOS_COUNT)

CELL_CONFIG(NUM_REGIONS, CHIP_COUNT(CHIPS), DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("rtos-demo", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
		.vpci_irq_base = QEMU_VPCI_RTOS_SPI,
	},
	.cpus = { 1 << 3 },
	.mem_regions = { QEMU_CELL_REGIONS(5), QEMU_SHMEM_RTOS_REGIONS(1) },
	.irqchips = { CHIPS },
	.pci_devices = { DEVICES },
};
