/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * The cell of the tests of remote I/O on QEMU's arm64 "virt" machine: CPUs 2 and 3, 16 MiB
 * of RAM, three windows that a program in Linux answers for, RAM that Linux sees.
 */

#include <common.h>
#include <qemu-virt/remote.h>

#define REGIONS								\
	QEMU_CELL_REGIONS(3),						\
	REGION(REMOTE_WINDOW, REMOTE_WINDOW, REMOTE_WINDOW_SIZE,	\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE), \
	REGION(REMOTE_WINDOW_RO, REMOTE_WINDOW_RO, QEMU_PAGE,		\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_REMOTE),		\
	REGION(REMOTE_PCI, REMOTE_PCI, REMOTE_PCI_SIZE,			\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_REMOTE), \
	REGION(REMOTE_BANK, REMOTE_BANK, REMOTE_BANK_SIZE,		\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE |		\
	       JAILHOUSE_MEM_DMA | JAILHOUSE_MEM_ROOTSHARED)

#define CHIPS								\
	{								\
		.address = QEMU_GICD_BASE,				\
		.pin_base = REMOTE_INTID / 32 * 32,			\
		.pin_bitmap = { 1U << REMOTE_INTID % 32 },		\
	}

CELL_CONFIG(REGION_COUNT(REGIONS), CHIP_COUNT(CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("remote", JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED),
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = { REGIONS },
	.irqchips = { CHIPS },
};
