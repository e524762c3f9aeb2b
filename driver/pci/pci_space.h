/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_PCI_SPACE_H
#define DRIVER_PCI_SPACE_H

/* The addresses of the virtual PCI host. */

#include <linux/ioport.h>
#include <linux/types.h>

struct jailhouse_error;
struct jailhouse_system;

/**
 * struct pci_space - what the host occupies
 * @ecam: its configuration space; NULL: the hypervisor is off
 * @buses: bus numbers
 * @ecam_res: physical addresses of the configuration space
 * @window: physical addresses where its devices' registers are to be
 * @shortened: the claim of the GIC's driver that was shortened, or NULL
 * @shortened_size: bytes that this had
 */
struct pci_space {
	void __iomem *ecam;
	struct resource buses, ecam_res, window;
	struct resource *shortened;
	resource_size_t shortened_size;
};

/**
 * pci_space_claim() - claim the addresses, and map the configuration space
 * @space: zeroed; to be released by pci_space_release(), whatever this returns
 * @sys: the system configuration, which says where the host is
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno.
 */
int pci_space_claim(struct pci_space *space, const struct jailhouse_system *sys,
		    struct jailhouse_error *err);

/**
 * pci_space_release() - unmap the configuration space, and give all back
 * @space: as it was claimed, also if not all of it was
 *
 * Whoever reads the configuration space looks at @space->ecam with a raw
 * spinlock held, and finds NULL from here on.
 */
void pci_space_release(struct pci_space *space);

#endif /* DRIVER_PCI_SPACE_H */
