/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef JAILHOUSE_IVSHMEM_H
#define JAILHOUSE_IVSHMEM_H

/*
 * The IVSHMEM device, version 2: a PCI function by which 2 to 12 peers share
 * memory and raise interrupts at each other. Offsets and sizes in bytes, all
 * registers little-endian. Names of the PCI part are those of the PCI Local Bus
 * Specification 3.0, section 6.
 */

#define IVSHMEM_VENDOR_ID		0x110a
#define IVSHMEM_DEVICE_ID		0x4106
/* class code: base class; subclass and interface are the link's protocol */
#define IVSHMEM_BASE_CLASS		0xff

#define IVSHMEM_MIN_PEERS		2
#define IVSHMEM_MAX_PEERS		12

/* BAR 0: registers. BAR 1: the MSI-X table, of a device that has MSI-X. */
#define IVSHMEM_BAR_REGISTERS		0
#define IVSHMEM_BAR_MSIX		1

/* Registers: 32 bit wide, to be accessed aligned and whole. */
#define IVSHMEM_REG_ID			0x00	/* this peer, read-only */
#define IVSHMEM_REG_MAX_PEERS		0x04	/* read-only */
#define IVSHMEM_REG_INT_CONTROL		0x08
#define IVSHMEM_REG_DOORBELL		0x0c	/* write-only, reads 0 */
#define IVSHMEM_REG_STATE		0x10

/* IVSHMEM_REG_INT_CONTROL; 0 after reset, cleared by delivery in one-shot mode */
#define IVSHMEM_INT_ENABLE		0x1

/* A value for IVSHMEM_REG_DOORBELL. */
#define IVSHMEM_DOORBELL(peer, vector)	((peer) << 16 | (vector))

/* IVSHMEM_REG_STATE and the state table: a peer that is not there */
#define IVSHMEM_STATE_RESET		0

/* Vendor specific capability, from its start on */
#define IVSHMEM_CAP_OFFSET		0x40	/* in configuration space */
#define IVSHMEM_CAP_ID			0x09
#define IVSHMEM_CAP_LENGTH		0x20
#define IVSHMEM_CAP_PRIV_CONTROL	0x03	/* u8 */
#define IVSHMEM_CAP_STATE_TABLE_SIZE	0x04	/* u32 */
#define IVSHMEM_CAP_RW_SECTION_SIZE	0x08	/* u64 */
#define IVSHMEM_CAP_OUTPUT_SECTION_SIZE	0x10	/* u64, of each peer */
#define IVSHMEM_CAP_ADDRESS		0x18	/* u64, guest-physical */

/* IVSHMEM_CAP_PRIV_CONTROL */
#define IVSHMEM_PRIV_ONE_SHOT		0x01

/*
 * The shared memory, from IVSHMEM_CAP_ADDRESS on: the state table (a u32 of
 * each peer, read-only), the read/write section (may be empty), an output
 * section of each peer, which only that peer can write.
 */

#endif /* JAILHOUSE_IVSHMEM_H */
