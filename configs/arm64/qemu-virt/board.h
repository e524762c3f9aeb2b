/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_BOARD_H
#define QEMU_VIRT_BOARD_H

/*
 * qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 (or 2)
 *
 *	0x0000000000	flash (2 x 64 MiB)
 *	0x0008000000	GIC distributor; GICv3: ITS, redistributors;
 *			GICv2: CPU interface, GICv2m, virtual interfaces
 *	0x0009000000	UART, RTC, fw_cfg, GPIO
 *	0x0009100000	nothing answers here
 *	0x000a000000	virtio-mmio, 32 slots
 *	0x0010000000	PCIe memory window, I/O window, (low ECAM)
 *	0x0040000000	RAM
 *	0x4010000000	PCIe ECAM
 *	0x8000000000	PCIe high memory window
 *
 * Within RAM our configurations reserve
 *
 *	0x70000000	hypervisor, 4 MiB
 *	0x70400000	shared memory of cells, up to 0x71000000
 *	0x71000000	cells, 16 MiB each, up to 0x7c000000
 *
 * which is in the middle on purpose: the top of RAM is where Linux puts
 * its early allocations, and those cannot be moved.
 */

#define QEMU_PAGE			0x1000
/* The largest page that root may have: what is taken from it is multiples of that. */
#define QEMU_ROOT_PAGE			0x10000

#define QEMU_FLASH_BASE			0x00000000
#define QEMU_FLASH_SIZE			0x08000000

#define QEMU_GICD_BASE			0x08000000
/* of a GICv2 */
#define QEMU_GICC_BASE			0x08010000
#define QEMU_GICV2M_BASE		0x08020000
#define QEMU_GICH_BASE			0x08030000
#define QEMU_GICV_BASE			0x08040000
/* of a GICv3 */
#define QEMU_GITS_BASE			0x08080000
#define QEMU_GITS_SIZE			0x00020000
#define QEMU_GICR_BASE			0x080a0000
#define QEMU_GIC_MAINTENANCE_IRQ	25

/* first SPI and number of SPIs of the GIC, as INTIDs */
#define QEMU_SPI_FIRST			32
#define QEMU_SPI_COUNT			256
/* pins that one struct jailhouse_irqchip holds */
#define QEMU_PINS_PER_CHIP		128

#define QEMU_UART_BASE			0x09000000
#define QEMU_RTC_BASE			0x09010000
#define QEMU_RTC_INTID			34
#define QEMU_FW_CFG_BASE		0x09020000
#define QEMU_GPIO_BASE			0x09030000
#define QEMU_GPIO_DIR			(QEMU_GPIO_BASE + 0x400)

#define QEMU_NOWHERE			0x09100000

#define QEMU_VIRTIO_BASE		0x0a000000
#define QEMU_VIRTIO_SLOT_SIZE		0x200
#define QEMU_VIRTIO_SLOTS		32
#define QEMU_VIRTIO_SIZE	(QEMU_VIRTIO_SLOTS * QEMU_VIRTIO_SLOT_SIZE)

#define QEMU_PCI_MEM_BASE		0x10000000
#define QEMU_PCI_MEM_SIZE		0x2eff0000
#define QEMU_PCI_IO_BASE		0x3eff0000
#define QEMU_PCI_IO_SIZE		0x00010000
#ifdef QEMU_FAR_RAM_SIZE
#define QEMU_PCI_ECAM_BASE		0x640090000000ULL
#define QEMU_PCI_HIGH_BASE		0x648000000000ULL
#else
#define QEMU_PCI_ECAM_BASE		0x4010000000ULL
#define QEMU_PCI_HIGH_BASE		0x8000000000ULL
#endif
#define QEMU_PCI_ECAM_SIZE		0x10000000
#define QEMU_PCI_HIGH_SIZE		0x8000000000ULL

#define QEMU_RAM_BASE			0x40000000ULL
#define QEMU_FAR_RAM_BASE		0x500000000000ULL

#define QEMU_HV_BASE			0x70000000ULL
#define QEMU_HV_SIZE			0x00400000

#define QEMU_CELL_SIZE			0x01000000
#define QEMU_CELL_BASE(n)		(0x71000000ULL + (n) * QEMU_CELL_SIZE)

/* guest-physical places in every cell of ours */
#define QEMU_CELL_RAM			0x00000000
#define QEMU_CELL_COMM			0x80000000ULL

#define QEMU_CONSOLE							\
	{								\
		.address = QEMU_UART_BASE,				\
		.size = QEMU_PAGE,					\
		.type = JAILHOUSE_CON_TYPE_PL011,			\
		.flags = JAILHOUSE_CON_ACCESS_MMIO |			\
			 JAILHOUSE_CON_REGDIST_4,			\
	}

/* An MMIO area, guest-physical = physical. */
#define QEMU_MMIO(base, bytes)	REGION(base, base, bytes, ACCESS_MMIO)

/* The UART, which the root cell goes on using. */
#define QEMU_CELL_UART_REGION						\
	REGION(QEMU_UART_BASE, QEMU_UART_BASE, QEMU_PAGE,		\
	       ACCESS_MMIO | JAILHOUSE_MEM_ROOTSHARED)

/* One SPI of a device, INTID 32 to 63. */
#define QEMU_DEVICE_IRQCHIP(intid) {					\
	.address = QEMU_GICD_BASE,					\
	.pin_base = QEMU_SPI_FIRST,					\
	.pin_bitmap = { 1U << ((intid) - QEMU_SPI_FIRST) },		\
}

/* What most cells have: the RAM of place @n, the UART, something to talk with root. */
#define QEMU_CELL_REGIONS(n)						\
	REGION(QEMU_CELL_BASE(n), QEMU_CELL_RAM, QEMU_CELL_SIZE,	\
	       ACCESS_CELL_RAM),					\
	QEMU_CELL_UART_REGION,						\
	REGION(0, QEMU_CELL_COMM, QEMU_PAGE,				\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |		\
	       JAILHOUSE_MEM_COMM_REGION)
#define QEMU_CELL_COUNT			REGION_COUNT(QEMU_CELL_REGIONS(0))

/* The first fields of the descriptor in "config", and the console. */
#define QEMU_CELL_DESC(cell_name, cell_flags)				\
	CELL_FORMAT(config),						\
	.name = cell_name,						\
	.flags = cell_flags,						\
	.msg_reply_timeout = REPLY_TIMEOUT,				\
	.console = QEMU_CONSOLE

#endif /* QEMU_VIRT_BOARD_H */
