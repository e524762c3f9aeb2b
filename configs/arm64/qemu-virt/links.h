/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef QEMU_VIRT_LINKS_H
#define QEMU_VIRT_LINKS_H

/*
 * IVSHMEM links of our configurations on QEMU's "virt" machine. Peer 0 is root
 * wherever root takes part. PCI domain 1, bus 0:
 *
 *	device	link		peers			memory
 *	0	demo		root, cell a, cell b	0x70400000, 320 KiB
 *	1	net		root, a cell		0x70500000, 960 KiB
 *	2	bulk		root, cell a		0x70600000, 6 MiB
 *	3	msix		root, cell a		0x70450000, 256 KiB
 *	4	cells		cell a, cell b		0x70c00000, 512 KiB + 128 KiB
 *	5	rtos		root, the RTOS demo	0x70ca0000, 192 KiB
 *
 * All sections are whole pages of any root's.
 */

#include <common.h>
#include <qemu-virt/board.h>

/* The virtual PCI host: one bus, after the redistributors of 64 CPUs. */
#define QEMU_VPCI_ECAM_BASE		0x08e00000
#define QEMU_VPCI_END_BUS		0
#define QEMU_VPCI_DOMAIN		1

/*
 * SPIs (INTID - 32), eight of each cell: INTA..INTD, then those of MSI-X
 * vectors. The machine's own devices end at 175, its SPIs at 223.
 */
#define QEMU_VPCI_RTOS_SPI		184
#define QEMU_VPCI_ROOT_SPI		192
#define QEMU_VPCI_CELL_A_SPI		200
#define QEMU_VPCI_CELL_B_SPI		208
#define QEMU_VPCI_LINUX_SPI		216

/* An irqchip with the eight SPIs of a cell. */
#define QEMU_VPCI_IRQCHIP(spi) {					\
	.address = QEMU_GICD_BASE,					\
	.pin_base = ((spi) + 32) / 128 * 128,				\
	.pin_bitmap = {							\
		[((spi) + 32) / 32 % 4] = 0xffU << ((spi) % 32),	\
	},								\
}

#define QEMU_SHMEM_SECTION(start, bytes, access)			\
	REGION(start, start, bytes,					\
	       JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | (access))
/* The state table, and the section from there to @outputs that all may write. */
#define QEMU_SHMEM_COMMON(table, outputs)				\
	QEMU_SHMEM_SECTION(table, QEMU_ROOT_PAGE, 0),			\
	QEMU_SHMEM_SECTION((table) + QEMU_ROOT_PAGE,			\
			   (outputs) - (table) - QEMU_ROOT_PAGE, JAILHOUSE_MEM_WRITE)
/* The state table, and nothing that all may write. */
#define QEMU_SHMEM_TABLE(table)						\
	QEMU_SHMEM_SECTION(table, QEMU_ROOT_PAGE, 0),			\
	{ 0 }
/* Output section of peer @nr, seen by @peer, with @bytes for each peer. */
#define QEMU_SHMEM_OUTPUT(outputs, bytes, nr, peer)			\
	QEMU_SHMEM_SECTION((outputs) + (nr) * (bytes), bytes,		\
			   (nr) == (peer) ? JAILHOUSE_MEM_WRITE : 0)
#define QEMU_SHMEM_TWO_OUTPUTS(outputs, bytes, peer)			\
	QEMU_SHMEM_OUTPUT(outputs, bytes, 0, peer),			\
	QEMU_SHMEM_OUTPUT(outputs, bytes, 1, peer)
/* A whole link of two peers */
#define QEMU_SHMEM_PAIR(table, outputs, bytes, peer)			\
	QEMU_SHMEM_COMMON(table, outputs),				\
	QEMU_SHMEM_TWO_OUTPUTS(outputs, bytes, peer)

/* @mask: JAILHOUSE_IVSHMEM_BAR_MASK_*; @vectors: of MSI-X, 0 for INTx */
#define QEMU_SHMEM_ANY_DEVICE(dev, first_region, peer, count, protocol,	\
			      mask, vectors) {				\
	.type = JAILHOUSE_PCI_TYPE_IVSHMEM,				\
	.domain = QEMU_VPCI_DOMAIN,					\
	.bdf = (dev) << 3,						\
	.bar_mask = mask,						\
	.num_msix_vectors = vectors,					\
	.shmem_regions_start = first_region,				\
	.shmem_dev_id = peer,						\
	.shmem_peers = count,						\
	.shmem_protocol = protocol,					\
}
#define QEMU_SHMEM_DEVICE(dev, first_region, peer, count, protocol)	\
	QEMU_SHMEM_ANY_DEVICE(dev, first_region, peer, count,		\
			      JAILHOUSE_SHMEM_PROTO_##protocol,		\
			      JAILHOUSE_IVSHMEM_BAR_MASK_INTX, 0)

/* Each link: its regions, their number, its device. */

#define QEMU_SHMEM_DEMO_REGIONS(peer)					\
	QEMU_SHMEM_COMMON(0x70400000, 0x70420000),			\
	QEMU_SHMEM_TWO_OUTPUTS(0x70420000, 0x10000, peer),		\
	QEMU_SHMEM_OUTPUT(0x70420000, 0x10000, 2, peer)
#define QEMU_SHMEM_DEMO_COUNT		REGION_COUNT(QEMU_SHMEM_DEMO_REGIONS(0))
#define QEMU_SHMEM_DEMO_DEVICE(first, peer)	QEMU_SHMEM_DEVICE(0, first, peer, 3, UNDEFINED)

#define QEMU_SHMEM_NET_REGIONS(peer)					\
	QEMU_SHMEM_TABLE(0x70500000),					\
	QEMU_SHMEM_TWO_OUTPUTS(0x70510000, 0x70000, peer)
#define QEMU_SHMEM_NET_COUNT		REGION_COUNT(QEMU_SHMEM_NET_REGIONS(0))
#define QEMU_SHMEM_NET_DEVICE(first, peer)	QEMU_SHMEM_DEVICE(1, first, peer, 2, VETH)

/* The output sections are 2 MiB blocks. */
#define QEMU_SHMEM_BULK_REGIONS(peer)					\
	QEMU_SHMEM_PAIR(0x70600000, 0x70800000, 0x200000, peer)
#define QEMU_SHMEM_BULK_COUNT		REGION_COUNT(QEMU_SHMEM_BULK_REGIONS(0))
#define QEMU_SHMEM_BULK_DEVICE(first, peer)	QEMU_SHMEM_DEVICE(2, first, peer, 2, CUSTOM)

#define QEMU_SHMEM_MSIX_REGIONS(peer)					\
	QEMU_SHMEM_PAIR(0x70450000, 0x70470000, 0x10000, peer)
#define QEMU_SHMEM_MSIX_COUNT		REGION_COUNT(QEMU_SHMEM_MSIX_REGIONS(0))
#define QEMU_SHMEM_MSIX_DEVICE(first_region, peer)			\
	QEMU_SHMEM_ANY_DEVICE(3, first_region, peer, 2,			\
			      JAILHOUSE_SHMEM_PROTO_UNDEFINED,		\
			      JAILHOUSE_IVSHMEM_BAR_MASK_MSIX, 2)

/* Not root's: its memory is kept for the cells. */
#define QEMU_SHMEM_CELLS_REGIONS(peer)					\
	QEMU_SHMEM_PAIR(0x70c00000, 0x70c20000, 0x40000, peer)
#define QEMU_SHMEM_CELLS_COUNT		REGION_COUNT(QEMU_SHMEM_CELLS_REGIONS(0))
#define QEMU_SHMEM_CELLS_DEVICE(first, peer)	QEMU_SHMEM_DEVICE(4, first, peer, 2, CUSTOM)

#define QEMU_SHMEM_RTOS_REGIONS(peer)					\
	QEMU_SHMEM_TABLE(0x70ca0000),					\
	QEMU_SHMEM_TWO_OUTPUTS(0x70cb0000, 0x10000, peer)
#define QEMU_SHMEM_RTOS_COUNT		REGION_COUNT(QEMU_SHMEM_RTOS_REGIONS(0))
#define QEMU_SHMEM_RTOS_DEVICE(first, peer)	QEMU_SHMEM_DEVICE(5, first, peer, 2, CUSTOM)

#endif /* QEMU_VIRT_LINKS_H */
