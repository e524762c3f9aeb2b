/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "devices/pci.h"

/* words of a vector in the table */
enum { ADDRESS, UPPER, DATA, CONTROL };

#define PENDING		0x800	/* in what the table takes of the BAR */

static u32 control(const struct pci_function *function)
{
	const u8 *flags = &function->config[function->msix.control];

	return flags[0] | (u32)flags[1] << 8;
}

bool msix_enabled(const struct pci_function *function)
{
	return function->msix.count && control(function) & PCI_MSIX_FLAGS_ENABLE;
}

static void send(struct pci_function *function, unsigned int vector)
{
	const struct msix_target *target = &function->bus->messages;
	const u32 *entry = function->msix.table[vector];
	u64 address = entry[ADDRESS] | (u64)entry[UPPER] << 32;

	if (address == target->address && entry[DATA] - target->intid < target->count) {
		function->bus->window->message(function->bus->window, entry[DATA]);
		return;
	}
	if (!function->msix.complained)
		warnx("the guest has set up vector %u of slot %u with 0x%x to 0x%llx, and has no "
		      "interrupt by it: SPIs are INTID %u to %u, at 0x%llx", vector,
		      function->slot, entry[DATA], address, target->intid,
		      target->intid + target->count - 1, target->address);
	function->msix.complained = true;
}

void msix_update(struct pci_function *function)
{
	struct msix *msix = &function->msix;
	unsigned int n;

	if (!msix_enabled(function)) {
		msix->pending = 0;
		return;
	}
	if (control(function) & PCI_MSIX_FLAGS_MASKALL)
		return;
	for (n = 0; n < msix->count; n++) {
		if (!(msix->pending & 1U << n) ||
		    msix->table[n][CONTROL] & PCI_MSIX_ENTRY_CTRL_MASKBIT)
			continue;
		msix->pending &= ~(1U << n);
		send(function, n);
	}
}

void msix_raise(struct pci_function *function, unsigned int vector)
{
	function->msix.pending |= 1U << vector;
	msix_update(function);
}

void msix_forget(struct pci_function *function)
{
	function->msix.pending = 0;
}

void msix_reset(struct pci_function *function)
{
	struct msix *msix = &function->msix;
	unsigned int n;

	if (!msix->count)
		return;
	pci_set(function, msix->control, 2, msix->count - 1);
	memset(msix->table, 0, sizeof(msix->table));
	for (n = 0; n < MSIX_VECTORS; n++)
		msix->table[n][CONTROL] = PCI_MSIX_ENTRY_CTRL_MASKBIT;
	msix->pending = 0;
}

u64 msix_read(const struct pci_function *function, u64 offset, unsigned int size)
{
	const struct msix *msix = &function->msix;
	u64 value = 0;

	if (offset < sizeof(msix->table[0]) * msix->count)
		memcpy(&value, (const u8 *)msix->table + offset, size);
	else if (offset == PENDING)
		value = msix->pending;
	return value;
}

void msix_write(struct pci_function *function, u64 offset, unsigned int size, u64 value)
{
	struct msix *msix = &function->msix;
	u32 *entry = msix->table[offset / sizeof(*msix->table) % MSIX_VECTORS];

	/* whole words alone; what is pending is not written */
	if (size < sizeof(*entry) || offset >= sizeof(*msix->table) * msix->count)
		return;
	memcpy((u8 *)msix->table + offset, &value, size);
	entry[ADDRESS] &= ~3U;
	entry[CONTROL] &= PCI_MSIX_ENTRY_CTRL_MASKBIT;
	msix_update(function);
}

void msix_add(struct pci_function *function, unsigned int at, unsigned int next,
	      unsigned int vectors, u32 table)
{
	function->msix.count = vectors;
	function->msix.control = at + PCI_MSIX_FLAGS;
	pci_set(function, at + PCI_CAP_LIST_ID, 1, PCI_CAP_ID_MSIX);
	pci_set(function, at + PCI_CAP_LIST_NEXT, 1, next);
	pci_set(function, at + PCI_MSIX_TABLE, 4, table);
	pci_set(function, at + PCI_MSIX_PBA, 4, table + PENDING);
	pci_allow(function, function->msix.control, 2,
		  PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
}
