/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_MSIX_H
#define DEVICES_MSIX_H

/*
 * MSI-X of a PCI function (PCI 3.0, 6.8.2): the guest writes into a table which message each
 * vector sends. A message is good if it goes to the one place that the bus has for them, and
 * says one of the SPIs that are for that; any other raises nothing, which is said once.
 */

#include <stdbool.h>

#include <jailhouse/types.h>

#define MSIX_VECTORS	4	/* at most */
/* where messages go, from the beginning of a frame of GICv2m or of a GIC's distributor */
#define MSIX_SETSPI	0x40
#define MSIX_FRAME_SIZE	0x1000
/* what the table takes, and the bits of pending vectors in it */
#define MSIX_BAR_SIZE	0x1000

struct pci_function;

/* Of a bus. */
struct msix_target {
	u64 address;
	u32 intid, count;	/* SPIs; 0: there are no messages, and functions have INTx alone */
};

struct msix {
	unsigned int count;	/* vectors; 0: the function has INTx alone */
	unsigned int control;	/* Message Control, in the configuration space */
	u32 table[MSIX_VECTORS][4];
	u32 pending;		/* a bit for each */
	bool complained;
};

/*
 * The capability at @at of the configuration space, @next follows; the table is at @table of
 * the BAR.
 */
void msix_add(struct pci_function *function, unsigned int at, unsigned int next,
	      unsigned int vectors, u32 table);

/* Does the guest have it on? If not, INTx is what counts. */
bool msix_enabled(const struct pci_function *function);

/* The guest is to know; while the vector is masked, it is pending. Only if it is enabled. */
void msix_raise(struct pci_function *function, unsigned int vector);

/* What is pending has ended by itself. */
void msix_forget(struct pci_function *function);

/* The configuration space may have changed: what is not masked any more is sent. */
void msix_update(struct pci_function *function);

/* As after power-on. */
void msix_reset(struct pci_function *function);

/* At an offset of the table, as pci_function's. */
u64 msix_read(const struct pci_function *function, u64 offset, unsigned int size);
void msix_write(struct pci_function *function, u64 offset, unsigned int size, u64 value);

#endif /* DEVICES_MSIX_H */
