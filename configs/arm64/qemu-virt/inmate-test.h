/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_INMATE_TEST_H
#define QEMU_VIRT_INMATE_TEST_H

/* What the cells of the inmate tests have besides CPUs. */

#include <common.h>
#include <qemu-virt/board.h>

/* a page of RAM that the root cell writes and this cell only reads */
#define SHARED_PAGE		QEMU_CELL_BASE(4)

#define LAST_VIRTIO_SLOT	(QEMU_VIRTIO_BASE + QEMU_VIRTIO_SIZE - \
				 QEMU_VIRTIO_SLOT_SIZE)

#define INMATE_TEST_REGIONS						\
	QEMU_CELL_REGIONS(3),						\
	/* read-only page, shared with the root cell */			\
	REGION(SHARED_PAGE, SHARED_PAGE, QEMU_ROOT_PAGE,		\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED),		\
	/* RTC: taken from the root cell, with its interrupt */		\
	QEMU_MMIO(QEMU_RTC_BASE, QEMU_PAGE),				\
	/* sub-page, writable: the GPIO's direction register, taken from root */ \
	REGION(QEMU_GPIO_DIR, QEMU_GPIO_DIR, 4,				\
	       ACCESS_MMIO | JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_32), \
	/* sub-page: registers of a device that is not there */		\
	REGION(QEMU_NOWHERE + 0x400, QEMU_NOWHERE + 0x400, 8,		\
	       ACCESS_MMIO | JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 |	\
	       JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64),		\
	/* sub-page, read-only: the last virtio-mmio slot */		\
	REGION(LAST_VIRTIO_SLOT, LAST_VIRTIO_SLOT, QEMU_VIRTIO_SLOT_SIZE, \
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_IO |			\
	       JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_ROOTSHARED)

#define INMATE_TEST_CHIPS	QEMU_DEVICE_IRQCHIP(QEMU_RTC_INTID)

#endif /* QEMU_VIRT_INMATE_TEST_H */
