/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef VDEV_PCI_H
#define VDEV_PCI_H

#include <config/config.h>
#include <core/mmio.h>

/*
 * The virtual PCI host: an ECAM that each cell sees at the same place, with
 * the cell's own functions in it. Configuration space is a small array of
 * words and a mask of what the guest can write of each (PCI Local Bus
 * Specification 3.0, chapter 6). All functions are IVSHMEM devices.
 */

/* Configuration space, offsets in bytes */
#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	(1U << 1)
#define PCI_COMMAND_MASTER	(1U << 2)
#define PCI_COMMAND_INTX_OFF	(1U << 10)
#define PCI_STATUS_CAPS		(0x0010U << 16)
#define PCI_CLASS		0x08
#define PCI_BAR(n)		(0x10 + 4 * (n))
#define PCI_SUBSYSTEM		0x2c
#define PCI_CAP_POINTER		0x34
#define PCI_INTERRUPT		0x3c
#define PCI_CAP_VENDOR		0x40
#define PCI_CAP_MSIX		0x60
#define PCI_CAP_MSIX_ID		0x11
#define PCI_MSIX_ENABLE		(1U << 31)
#define PCI_MSIX_MASK		(1U << 30)
#define PCI_CONFIG_SIZE		0x6c	/* the rest reads zero */

#define PCI_NUM_BARS		2

/* MSI-X: the table and, after it, the pending bits */
#define PCI_MSIX_VECTORS	CONFIG_MSIX_VECTORS
#define PCI_MSIX_ENTRY		16	/* bytes: address, data, control */
#define PCI_MSIX_PENDING	(PCI_MSIX_VECTORS * PCI_MSIX_ENTRY)
#define PCI_MSIX_MASKED		1U	/* in control */

struct cell;
struct ivshmem_link;

/* Changes under the cell's mm_lock. */
struct pci_function {
	const struct jailhouse_pci_device *config;
	struct cell *cell;
	struct ivshmem_link *link;
	u32 space[PCI_CONFIG_SIZE / 4];
	u32 msix[PCI_MSIX_VECTORS * PCI_MSIX_ENTRY / 4];
	/* where a BAR is decoded now; 0: nowhere, an access never gets there */
	u32 decoded[PCI_NUM_BARS];
} __attribute__((aligned(64)));	/* links come after root's */

static inline u32 pci_space(const struct pci_function *fn, u32 offset)
{
	return fn->space[offset / 4];
}

/* Registers the ECAM for the cell; -EBUSY or -ENOMEM as mmio_register(). */
int pci_add_host(struct cell *cell);
/* State after reset: nothing is decoded. mm_lock is held. */
void pci_reset(struct pci_function *fn);

/* An access of this CPU's guest had no effect. */
void pci_count_denied(void);

#endif /* VDEV_PCI_H */
