/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The real-time kernel's demo on QEMU's arm64 "virt" machine: CPU 3, 16 MiB of
 * RAM, a link with root.
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#define NUM_OWN_REGIONS		3

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[NUM_OWN_REGIONS + QEMU_SHMEM_RTOS_COUNT];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pci_device pci_devices[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "rtos-demo",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),
		.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		.vpci_irq_base = QEMU_VPCI_RTOS_SPI,

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 3,
	},

	.mem_regions = {
		QEMU_CELL_RAM_REGION(QEMU_CELL_BASE(5), QEMU_CELL_SIZE),
		QEMU_CELL_UART_REGION,
		QEMU_CELL_COMM_REGION,
		QEMU_SHMEM_RTOS_REGIONS(1),
	},

	.irqchips = {
		QEMU_VPCI_IRQCHIP(QEMU_VPCI_RTOS_SPI),
	},

	.pci_devices = {
		QEMU_SHMEM_RTOS_DEVICE(NUM_OWN_REGIONS, 1),
	},
};
