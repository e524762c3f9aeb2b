/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A second Linux on QEMU's arm64 "virt" machine: CPUs 2 and 3, and a network link with root.
 *	jailhouse cell linux qemu-arm64-linux.cell Image -i initrd
 */

#include <common.h>
#include <qemu-virt/linux.h>

#define NET_REGIONS		REGION_COUNT(LINUX_REGIONS)

#define DEVICES								\
	QEMU_SHMEM_NET_DEVICE(NET_REGIONS, 1)

CELL_CONFIG(NET_REGIONS + QEMU_SHMEM_NET_COUNT, CHIP_COUNT(LINUX_CHIPS),
	    DEVICE_COUNT(DEVICES)) config = {
	.cell = {
		QEMU_CELL_DESC("linux", JAILHOUSE_CELL_PASSIVE_COMMREG),
		.vpci_irq_base = QEMU_VPCI_LINUX_SPI,
	},
	.cpus = { 1 << 2 | 1 << 3 },
	.mem_regions = {
		LINUX_REGIONS,
		QEMU_SHMEM_NET_REGIONS(1),
	},
	.irqchips = { LINUX_CHIPS },
	.pci_devices = { DEVICES },
};
