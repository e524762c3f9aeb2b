/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PCI_H
#define DEVICES_PCI_H

/*
 * A PCI host with one bus, as Linux's and U-Boot's pci-host-ecam-generic drive it: ECAM in
 * one window, the functions' memory in another, whose bus addresses are guest-physical.
 * Functions are number 0 of their slots, have one BAR of 32 bits and INTA: slot n interrupt
 * @intid + n; and MSI-X, if there are messages.
 */

#include <stdbool.h>
#include <stddef.h>

#include "devices/msix.h"
#include "devices/window.h"

#define PCI_ECAM_SIZE	0x100000
#define PCI_SLOTS	16
#define PCI_CONFIG_SIZE	256

struct pci_bus;

struct pci_function {
	struct pci_bus *bus;
	unsigned int slot;
	u8 config[PCI_CONFIG_SIZE];
	u8 writable[PCI_CONFIG_SIZE];	/* bits that the guest can change */
	u32 bar_size;			/* a power of two */
	struct msix msix;
	bool interrupt;			/* what the function wants to say */
	bool level;			/* what the cell sees of it */
	/* at an offset of the BAR, a multiple of @size, which is 1, 2, 4 or 8 */
	u64 (*read)(struct pci_function *function, u64 offset, unsigned int size);
	void (*write)(struct pci_function *function, u64 offset, unsigned int size, u64 value);
	/* as window_device's */
	bool (*work)(struct pci_function *function);
	void (*reset)(struct pci_function *function);
	void (*resume)(struct pci_function *function);
};

struct pci_bus {
	struct window_device ecam, memory;
	struct window *window;
	unsigned int intid;
	struct msix_target messages;
	struct pci_function *slot[PCI_SLOTS];
};

void pci_init(struct pci_bus *bus, struct window *window, u64 ecam, u64 memory, u64 memory_size,
	      unsigned int intid);

/*
 * Functions that are added from now on can have messages: written to MSIX_SETSPI of @frame,
 * which say one of @count SPIs from @intid on.
 */
void pci_use_messages(struct pci_bus *bus, u64 frame, u32 intid, u32 count);

/*
 * Into the next free slot; ids are written, bar_size and all calls set. -1: none is free.
 */
int pci_add(struct pci_bus *bus, struct pci_function *function);

/* Fields of the configuration space, little-endian. */
void pci_set(struct pci_function *function, unsigned int offset, unsigned int size, u32 value);
/* The guest can change these @bits of one. */
void pci_allow(struct pci_function *function, unsigned int offset, unsigned int size, u32 bits);

/* By INTx, which the cell does not see while MSI-X is enabled. */
void pci_interrupt(struct pci_function *function, bool level);

#endif /* DEVICES_PCI_H */
