/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_PCI_H
#define DEVICES_PCI_H

/*
 * A PCI host with one bus, as Linux's and U-Boot's pci-host-ecam-generic drive it: ECAM in
 * one window, the functions' memory in another, whose bus addresses are guest-physical.
 * Functions are number 0 of their slots, have one BAR of 32 bits and INTA: slot n interrupt
 * @intid + n.
 */

#include <stdbool.h>
#include <stddef.h>

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
	struct pci_function *slot[PCI_SLOTS];
};

void pci_init(struct pci_bus *bus, struct window *window, u64 ecam, u64 memory, u64 memory_size,
	      unsigned int intid);

/*
 * Into the next free slot; ids are written, bar_size and all calls set. -1: none is free.
 */
int pci_add(struct pci_bus *bus, struct pci_function *function);

/* Fields of the configuration space, little-endian. */
void pci_set(struct pci_function *function, unsigned int offset, unsigned int size, u32 value);

void pci_interrupt(struct pci_function *function, bool level);

#endif /* DEVICES_PCI_H */
