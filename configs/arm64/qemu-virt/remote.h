/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_REMOTE_H
#define QEMU_VIRT_REMOTE_H

/* The cell of the tests of remote I/O: what its program and that in Linux know of it. */

#include <qemu-virt/board.h>

/* where the machine has nothing */
#define REMOTE_WINDOW		0x0b000000ULL
/* another one, of a page, read-only */
#define REMOTE_WINDOW_RO	0x0b010000ULL
/* and one that is large enough for a PCI host */
#define REMOTE_PCI		0x0b200000ULL
#define REMOTE_PCI_SIZE		0x200000

/* RAM that root sees, at the same address */
#define REMOTE_BANK		QEMU_CELL_BASE(4)
#define REMOTE_BANK_SIZE	0x100000

/* SPIs of no device */
#define REMOTE_SPI		216
#define REMOTE_INTID		(32 + REMOTE_SPI)

/*
 * The window: a page of registers that hold what is written, but for these; the next page is
 * notifications, CELLBLOCK_REMOTE_NOTIFICATIONS of them.
 */
#define REMOTE_RAISE		0x800	/* written: the interrupt becomes pending */
#define REMOTE_PULSE		0x804	/* the same, and not pending any more */
#define REMOTE_STAY_SILENT	0x808	/* written: the next access is not answered */
#define REMOTE_COUNT		0x80c	/* read: notifications seen */
#define REMOTE_LAST		0x810	/* read: the last one */
#define REMOTE_NOBODY		0x814	/* is never answered */
#define REMOTE_BANK_SUM		0x818	/* read: of the bank's first 1024 bytes */
#define REMOTE_NOTIFY		0x1000
#define REMOTE_WINDOW_SIZE	0x2000

#endif /* QEMU_VIRT_REMOTE_H */
