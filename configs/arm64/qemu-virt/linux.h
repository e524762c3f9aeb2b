/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_LINUX_H
#define QEMU_VIRT_LINUX_H

/*
 * Cells for a second Linux on QEMU's arm64 "virt" machine: 160 MiB of RAM, and the UART.
 *
 * The UART's registers are root's too, but not its interrupt: give root another console
 * while such a cell exists.
 */

#include <qemu-virt/board.h>
#include <qemu-virt/links.h>

/* behind what drivers of root's take of CMA, where that is at 0x60000000 */
#define LINUX_RAM_BASE		0x61000000
#define LINUX_RAM_SIZE		0x0a000000
#define LINUX_UART_INTID	33

/* what one with virtio has for it: where the machine has nothing, */
#define LINUX_WINDOW_BASE	0x0b000000
#define LINUX_WINDOW_SIZE	0x00200000
/* and RAM that ends at a power of two: Linux's ZONE_DMA is all of it, and nothing else */
#define LINUX_BANK_PHYS		0x6f000000
#define LINUX_BANK_BASE		0x3f000000
#define LINUX_BANK_SIZE		0x01000000

/* of another one beside that, which has no UART */
#define LINUX_B_RAM_BASE	0x50000000
#define LINUX_B_BANK_PHYS	0x5a000000

#define LINUX_RAM_REGIONS(base)						\
	/* where the cell starts: the way into the kernel */		\
	REGION((base) - QEMU_ROOT_PAGE, QEMU_CELL_RAM, QEMU_ROOT_PAGE,	\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |		\
	       JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_LOADABLE),		\
	REGION(base, base, LINUX_RAM_SIZE, ACCESS_CELL_RAM)

#define LINUX_REGIONS							\
	LINUX_RAM_REGIONS(LINUX_RAM_BASE),				\
	QEMU_CELL_UART_REGION

#define LINUX_DEVICE_REGIONS(bank)					\
	REGION(LINUX_WINDOW_BASE, LINUX_WINDOW_BASE, LINUX_WINDOW_SIZE,			\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE), \
	REGION(bank, LINUX_BANK_BASE, LINUX_BANK_SIZE,			\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_EXECUTE | \
	       JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_ROOTSHARED)

/* The UART's, and eight of no device of the machine. */
#define LINUX_CHIPS							\
	QEMU_DEVICE_IRQCHIP(LINUX_UART_INTID),				\
	QEMU_VPCI_IRQCHIP(QEMU_VPCI_LINUX_SPI)

/* With virtio the UART's, and INTID 168 to 207, of the platform bus, on which nothing is. */
#define LINUX_VIRTIO_CHIPS						\
	QEMU_DEVICE_IRQCHIP(LINUX_UART_INTID), {			\
		.address = QEMU_GICD_BASE,				\
		.pin_base = 160,					\
		.pin_bitmap = { 0xffffff00, 0x0000ffff },		\
	}

/* INTID 208 to 215, between those and the virtual PCI hosts': two devices, three messages each */
#define LINUX_B_CHIPS {							\
		.address = QEMU_GICD_BASE,				\
		.pin_base = 160,					\
		.pin_bitmap = { 0, 0x00ff0000 },			\
	}

#endif /* QEMU_VIRT_LINUX_H */
