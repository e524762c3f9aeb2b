/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PCI_H
#define INMATE_PCI_H

#include <jailhouse/types.h>

/**
 * @file
 * Bus 0 of the cell's PCI host: configuration space by the ECAM that the
 * communication region names.
 *
 * Base addresses are handed out from the first address after that bus on. A bdf
 * is bus << 8 | device << 3 | function, and must be of bus 0. Names are those of
 * the PCI Local Bus Specification 3.0, chapter 6.
 */

/** @name Configuration space
 * @{
 */
/** A register's offset, a bit of the one before it, or a number. */
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

/** @} */

#define PCI_ID_ANY		0xffff	/**< for pci_find_device() */
#define PCI_NUM_BDFS		0x100	/**< of one bus */

/**
 * Is there a PCI host? The other functions need one, and end the inmate without.
 *
 * @return true: there is
 */
bool pci_present(void);

/**
 * Reads a register of configuration space.
 *
 * @param bdf	of any function; without one, all bits are ones
 * @param addr	offset, a multiple of @p size
 * @param size	1, 2 or 4 bytes
 * @return its value
 */
u32 pci_read_config(u16 bdf, unsigned int addr, unsigned int size);

/**
 * Writes a register of configuration space.
 *
 * @param bdf	of a function
 * @param addr	offset, a multiple of @p size
 * @param value	of which @p size bytes are written
 * @param size	1, 2 or 4 bytes
 */
void pci_write_config(u16 bdf, unsigned int addr, u32 value, unsigned int size);

/**
 * Looks for a function.
 *
 * @param vendor	or #PCI_ID_ANY
 * @param device	or #PCI_ID_ANY
 * @param start_bdf	where it begins to look
 * @return the first one's bdf; -1: there is none
 */
int pci_find_device(u16 vendor, u16 device, u16 start_bdf);

/**
 * Looks for a capability.
 *
 * @param bdf	of a function
 * @param cap	its ID
 * @return its offset; -1: there is none
 */
int pci_find_cap(u16 bdf, u16 cap);

/**
 * Gives a memory BAR an address of its own, if it has none yet, and maps it.
 * Decoding stays as it is (#PCI_CMD_MEM).
 *
 * @param bdf	of a function
 * @param bar	0 to 5; of a BAR of 64 bits, the first half
 * @param size	gets its size in bytes
 * @return its address, mapped as a device; NULL: there is no such BAR
 */
volatile void *pci_map_bar(u16 bdf, unsigned int bar, size_t *size);

/**
 * The interrupt of a function's pin.
 *
 * @param bdf	of a function
 * @return INTID; 0: it has no pin
 */
unsigned int pci_intx_irq(u16 bdf);

/**
 * Does a function have MSI-X?
 *
 * @param bdf	of a function
 * @return number of vectors; 0: it has not
 */
unsigned int pci_msix_vectors(u16 bdf);

/**
 * Lets an MSI-X vector raise an SPI of this cell, by GICD_SETSPI_NSR of the
 * distributor, and enables MSI-X.
 *
 * @param bdf		of a function with MSI-X
 * @param irq		INTID of the SPI
 * @param vector	below pci_msix_vectors()
 * @return false: there is no such vector
 */
bool pci_msix_set_vector(u16 bdf, unsigned int irq, unsigned int vector);

#endif /* INMATE_PCI_H */
