/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PCI_H
#define INMATE_PCI_H

#include <jailhouse/types.h>

/*
 * Bus 0 of the cell's PCI host: configuration space by the ECAM that the
 * communication region names. Base addresses are handed out from the first
 * address after that bus on. A bdf is bus << 8 | device << 3 | function.
 */

#define PCI_CFG_VENDOR_ID	0x00
#define PCI_CFG_DEVICE_ID	0x02
#define PCI_CFG_COMMAND		0x04
#define PCI_CMD_MEM		(1U << 1)
#define PCI_CMD_MASTER		(1U << 2)
#define PCI_CMD_INTX_OFF	(1U << 10)
#define PCI_CFG_STATUS		0x06
#define PCI_STS_CAPS		(1U << 4)
#define PCI_CFG_CLASS		0x08	/* class code << 8 | revision */
#define PCI_CFG_BAR		0x10
#define PCI_BAR_64BIT		(1U << 2)
#define PCI_NUM_BARS		6
#define PCI_CFG_CAPS		0x34
#define PCI_CFG_INT_PIN		0x3d

#define PCI_CAP_ID_VENDOR	0x09
#define PCI_CAP_ID_MSIX		0x11

#define PCI_MSIX_CTRL		0x02	/* in the capability */
#define PCI_MSIX_CTRL_SIZE	0x07ffU	/* number of vectors - 1 */
#define PCI_MSIX_CTRL_ENABLE	(1U << 15)
#define PCI_MSIX_TABLE		0x04	/* offset | BAR */

#define PCI_ID_ANY		0xffff
#define PCI_NUM_BDFS		0x100	/* of one bus */

/* Is there a PCI host? The other functions need one. */
bool pci_present(void);

/* Configuration space, size 1, 2 or 4. */
u32 pci_read_config(u16 bdf, unsigned int addr, unsigned int size);
void pci_write_config(u16 bdf, unsigned int addr, u32 value, unsigned int size);

/* The first function from start_bdf on, -1 if there is none. */
int pci_find_device(u16 vendor, u16 device, u16 start_bdf);

/* Offset of a capability, -1 if there is none. */
int pci_find_cap(u16 bdf, u16 cap);

/*
 * Gives a memory BAR an address of its own, if it has none yet, and maps it.
 * Decoding stays as it is (PCI_CMD_MEM). NULL: there is no such BAR.
 */
volatile void *pci_map_bar(u16 bdf, unsigned int bar, size_t *size);

/* INTID of the function's interrupt pin, 0 if it has none. */
unsigned int pci_intx_irq(u16 bdf);

/* Number of MSI-X vectors, 0 if there is no MSI-X. */
unsigned int pci_msix_vectors(u16 bdf);

/*
 * Lets an MSI-X vector raise an SPI of this cell (GICD_SETSPI_NSR of the
 * distributor), given as its INTID, and enables MSI-X. False: no such vector.
 */
bool pci_msix_set_vector(u16 bdf, unsigned int irq, unsigned int vector);

#endif /* INMATE_PCI_H */
