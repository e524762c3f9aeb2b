/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_PCI_IRQ_H
#define DRIVER_PCI_IRQ_H

/* The interrupts of the virtual PCI host's devices. */

#include <linux/pci.h>
#include <linux/types.h>

struct irq_domain;
struct jailhouse_error;

/**
 * struct pci_irqs - what the host has of Linux's interrupts
 * @intx: INTA to INTD in Linux's numbers; 0: no device has it
 * @remote: one for accesses to windows, made when it is asked for; 0: not yet
 * @remote_intid: the GIC's number of it
 * @msi: the domain of the SPIs that are MSI-X vectors; NULL: there are none
 * @pci_msi: the domain of these vectors as PCI devices see them
 */
struct pci_irqs {
	unsigned int intx[PCI_NUM_INTX];
	unsigned int remote, remote_intid;
	struct irq_domain *msi, *pci_msi;
};

/**
 * pci_irq_claim() - claim the interrupts that root's devices have
 * @irqs: zeroed; to be released by pci_irq_release(), whatever this returns
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno.
 */
int pci_irq_claim(struct pci_irqs *irqs, struct jailhouse_error *err);

/**
 * pci_irq_release() - give all of them back
 * @irqs: as they were claimed, also if not all were; no device uses one
 */
void pci_irq_release(struct pci_irqs *irqs);

/**
 * pci_irq_of_pin() - the interrupt of a pin
 * @irqs: of the host
 * @pin: 1 to 4: INTA to INTD; else there is none
 *
 * Context: any, no lock needed.
 * Return: Linux's number, or 0.
 */
unsigned int pci_irq_of_pin(const struct pci_irqs *irqs, u8 pin);

/**
 * pci_irq_claim_remote() - claim an interrupt for accesses to cells' windows
 * @irqs: of the host; @remote and @remote_intid are set on success
 * @err: receives the sentence of a refusal
 *
 * It is one of INTA to INTD, and a link's too only if links have all of them.
 *
 * Return: 0, or a negative errno.
 */
int pci_irq_claim_remote(struct pci_irqs *irqs, struct jailhouse_error *err);

#endif /* DRIVER_PCI_IRQ_H */
