/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A second Linux on QEMU's arm64 "virt" machine, CPUs 2 and 3, with devices that root has for
 * it: a window, and a bank of RAM that root sees, below the rest.
 *	jailhouse cell linux qemu-arm64-linux-virtio.cell Image --disk FILE --console
 */

#include <common.h>
#include <qemu-virt/linux.h>

#define REGIONS								\
	LINUX_REGIONS,							\
	LINUX_DEVICE_REGIONS(LINUX_BANK_PHYS)

CELL_CONFIG(REGION_COUNT(REGIONS), CHIP_COUNT(LINUX_VIRTIO_CHIPS), 0) config = {
	.cell = {
		QEMU_CELL_DESC("linux-virtio", JAILHOUSE_CELL_PASSIVE_COMMREG),
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = { REGIONS },
	.irqchips = { LINUX_VIRTIO_CHIPS },
};
