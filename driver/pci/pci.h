/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_PCI_H
#define DRIVER_PCI_H

/* The virtual PCI host in Linux, if the system configuration has one. */

#include <linux/types.h>

struct cell;
struct jailhouse_error;

/**
 * pci_add_host() - show it to Linux
 * @err: receives the sentence of a refusal
 *
 * Context: main_lock held, the hypervisor enabled; may sleep.
 * Return: 0, also if there is none, or a negative errno.
 */
int pci_add_host(struct jailhouse_error *err);

/**
 * pci_remove_host() - take it from Linux, if it is there
 *
 * Context: main_lock held, the hypervisor enabled; may sleep.
 */
void pci_remove_host(void);

/**
 * pci_begin_create() - before the hypercall that creates a cell
 *
 * Takes Linux's PCI lock until pci_end_change(), so that nobody looks at
 * devices that are being made.
 */
void pci_begin_create(void);

/**
 * pci_begin_destroy() - before the hypercall that destroys a cell
 * @cell: this one
 *
 * As pci_begin_create(). Those devices go that the hypervisor will not show
 * without the cell.
 */
void pci_begin_destroy(const struct cell *cell);

/**
 * pci_end_change() - after the hypercall
 * @look: there may be new devices, or old ones again
 */
void pci_end_change(bool look);

/**
 * pci_claim_irq() - claim an interrupt for accesses to cells' windows
 * @intid: receives the GIC's number of it
 * @err: receives the sentence of a refusal
 *
 * It stays until pci_remove_host(), and may be a link's too.
 *
 * Return: Linux's number, or a negative errno.
 */
int pci_claim_irq(u32 *intid, struct jailhouse_error *err);

#endif /* DRIVER_PCI_H */
