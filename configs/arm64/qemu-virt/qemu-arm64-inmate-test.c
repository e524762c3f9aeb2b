/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The cell of the inmate tests on QEMU's arm64 "virt" machine: CPUs 2 and 3,
 * 16 MiB of RAM, and one of each kind of resource, so that a test can look at
 * its borders.
 */

#include <jailhouse/types.h>
#include <jailhouse/cell-config.h>
#include <qemu-virt/board.h>

/* a page of RAM that the root cell writes and this cell only reads */
#define SHARED_PAGE		QEMU_CELL_BASE(4)

#define LAST_VIRTIO_SLOT	(QEMU_VIRTIO_BASE + QEMU_VIRTIO_SIZE - \
				 QEMU_VIRTIO_SLOT_SIZE)

struct {
	struct jailhouse_cell_desc cell;
	__u64 cpus[1];
	struct jailhouse_memory mem_regions[7];
	struct jailhouse_irqchip irqchips[1];
} __attribute__((packed)) config = {
	.cell = {
		.signature = JAILHOUSE_CELL_DESC_SIGNATURE,
		.architecture = JAILHOUSE_ARM64,
		.revision = JAILHOUSE_CONFIG_REVISION,
		.name = "inmate-test",
		.flags = JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED,

		.cpu_set_size = sizeof(config.cpus),
		.num_memory_regions = ARRAY_SIZE(config.mem_regions),
		.num_irqchips = ARRAY_SIZE(config.irqchips),

		.console = QEMU_CONSOLE,
	},

	.cpus = {
		1 << 2 | 1 << 3,
	},

	.mem_regions = {
		QEMU_CELL_RAM_REGION(QEMU_CELL_BASE(3), QEMU_CELL_SIZE),
		QEMU_CELL_UART_REGION,
		QEMU_CELL_COMM_REGION,
		/* read-only page, shared with the root cell */ {
			.phys_start = SHARED_PAGE,
			.virt_start = SHARED_PAGE,
			.size = QEMU_PAGE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED,
		},
		/* RTC: taken from the root cell, with its interrupt */
		QEMU_MMIO(QEMU_RTC_BASE, QEMU_PAGE),
		/* sub-page, writable: the GPIO's direction register, taken from root */ {
			.phys_start = QEMU_GPIO_DIR,
			.virt_start = QEMU_GPIO_DIR,
			.size = 4,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |
				JAILHOUSE_MEM_IO | JAILHOUSE_MEM_IO_8 |
				JAILHOUSE_MEM_IO_32,
		},
		/* sub-page, read-only: the last virtio-mmio slot */ {
			.phys_start = LAST_VIRTIO_SLOT,
			.virt_start = LAST_VIRTIO_SLOT,
			.size = QEMU_VIRTIO_SLOT_SIZE,
			.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO |
				JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_ROOTSHARED,
		},
	},

	.irqchips = {
		/* GIC */ {
			.address = QEMU_GICD_BASE,
			.pin_base = QEMU_SPI_FIRST,
			.pin_bitmap = {
				1 << (QEMU_RTC_INTID - QEMU_SPI_FIRST),
			},
		},
	},
};
