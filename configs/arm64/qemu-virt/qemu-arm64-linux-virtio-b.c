/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A third Linux on QEMU's arm64 "virt" machine, CPU 1, beside qemu-arm64-linux-virtio: with a
 * window, a bank and interrupts of its own, enough for a console and a network interface.
 *	jailhouse cell linux qemu-arm64-linux-virtio-b.cell Image --console --net TAP
 */

#include <common.h>
#include <qemu-virt/linux.h>

#define REGIONS								\
	LINUX_RAM_REGIONS(LINUX_B_RAM_BASE),				\
	LINUX_DEVICE_REGIONS(LINUX_B_BANK_PHYS)

CELL_CONFIG(REGION_COUNT(REGIONS), CHIP_COUNT(LINUX_B_CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("linux-virtio-b", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 1 },
	.mem_regions = { REGIONS },
	.irqchips = { LINUX_B_CHIPS },
};
