/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Cell of the IVSHMEM demos and tests on QEMU's arm64 "virt" machine: CPU 2,
 * 16 MiB of RAM, a peer of every link but the RTOS demo's.
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

/* memory regions */
#define NUM_OWN_REGIONS		3
#define DEMO_REGIONS		NUM_OWN_REGIONS
#define NET_REGIONS		(DEMO_REGIONS + QEMU_SHMEM_DEMO_COUNT)
#define BULK_REGIONS		(NET_REGIONS + QEMU_SHMEM_NET_COUNT)
#define MSIX_REGIONS		(BULK_REGIONS + QEMU_SHMEM_BULK_COUNT)
#define CELLS_REGIONS		(MSIX_REGIONS + QEMU_SHMEM_MSIX_COUNT)
#define NUM_REGIONS		(CELLS_REGIONS + QEMU_SHMEM_CELLS_COUNT)

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[NUM_REGIONS];
	struct jailhouse_irqchip irqchips[1];
	struct jailhouse_pci_device pci_devices[5];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "ivshmem-a",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),
		.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		.vpci_irq_base = QEMU_VPCI_CELL_A_SPI,

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 2,
	},

	.mem_regions = {
		QEMU_CELL_RAM_REGION(QEMU_CELL_BASE(6), QEMU_CELL_SIZE),
		QEMU_CELL_UART_REGION,
		QEMU_CELL_COMM_REGION,
		QEMU_SHMEM_DEMO_REGIONS(1),
		QEMU_SHMEM_NET_REGIONS(1),
		QEMU_SHMEM_BULK_REGIONS(1),
		QEMU_SHMEM_MSIX_REGIONS(1),
		QEMU_SHMEM_CELLS_REGIONS(0),
	},

	.irqchips = {
		QEMU_VPCI_IRQCHIP(QEMU_VPCI_CELL_A_SPI),
	},

	.pci_devices = {
		QEMU_SHMEM_DEMO_DEVICE(DEMO_REGIONS, 1),
		QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1),
		QEMU_SHMEM_BULK_DEVICE(BULK_REGIONS, 1),
		QEMU_SHMEM_MSIX_DEVICE(MSIX_REGIONS, 1),
		QEMU_SHMEM_CELLS_DEVICE(CELLS_REGIONS, 0),
	},
};
