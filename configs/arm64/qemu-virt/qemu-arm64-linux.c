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

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

#define RAM_BASE		0x60000000
#define RAM_SIZE		0x0a000000
#define UART_INTID		33

#define NET_REGIONS		3

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[NET_REGIONS + QEMU_SHMEM_NET_COUNT];
	struct jailhouse_irqchip irqchips[2];
	struct jailhouse_pci_device pci_devices[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "linux",
		.flags = JAILHOUSE_CELL_PASSIVE_COMMREG,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),
		.num_pci_devices = ARRAY_SIZE(config.pci_devices),
		.vpci_irq_base = QEMU_VPCI_LINUX_SPI,

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 2 | 1 << 3,
	},

	.mem_regions = {
		/* where the cell starts: the way into the kernel */ {
			.phys_start = RAM_BASE - QEMU_PAGE,
			.virt_start = QEMU_CELL_RAM,
			.size = QEMU_PAGE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE,
		},
		/* RAM */ {
			.phys_start = RAM_BASE,
			.virt_start = RAM_BASE,
			.size = RAM_SIZE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA |
				JAILHOUSE_MEM_LOADABLE,
		},
		QEMU_CELL_UART_REGION,
		QEMU_SHMEM_NET_REGIONS(1),
	},

	.irqchips = {
		/* the UART's */ {
			.address = QEMU_GICD_BASE,
			.pin_base = QEMU_SPI_FIRST,
			.pin_bitmap = {
				1 << (UART_INTID - QEMU_SPI_FIRST),
			},
		},
		QEMU_VPCI_IRQCHIP(QEMU_VPCI_LINUX_SPI),
	},

	.pci_devices = {
		QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1),
	},
};
