/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/pci_regs.h>

#include "devices/pci.h"

#define MEMORY_OFFSET	offsetof(struct pci_bus, memory)

static u16 get16(const struct pci_function *function, unsigned int offset)
{
	return (u16)(function->config[offset] | function->config[offset + 1] << 8);
}

static u32 get32(const struct pci_function *function, unsigned int offset)
{
	return get16(function, offset) | (u32)get16(function, offset + 2) << 16;
}

void pci_set(struct pci_function *function, unsigned int offset, unsigned int size, u32 value)
{
	for (; size; size--, value >>= 8)
		function->config[offset++] = (u8)value;
}

void pci_allow(struct pci_function *function, unsigned int offset, unsigned int size, u32 bits)
{
	for (; size; size--, bits >>= 8)
		function->writable[offset++] = (u8)bits;
}

static void update(struct pci_function *function)
{
	struct pci_bus *bus = function->bus;
	u8 *status = &function->config[PCI_STATUS];
	bool intx = function->interrupt && !msix_enabled(function);
	bool level = intx && !(get16(function, PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE);

	*status = (u8)((*status & ~PCI_STATUS_INTERRUPT) | (intx ? PCI_STATUS_INTERRUPT : 0));
	if (level == function->level)
		return;
	function->level = level;
	bus->window->interrupt(bus->window, bus->intid + function->slot, level);
}

void pci_interrupt(struct pci_function *function, bool level)
{
	function->interrupt = level;
	update(function);
}

/* The function that an ECAM offset means; NULL: there is none. */
static struct pci_function *find(struct pci_bus *bus, u64 offset)
{
	u64 slot = offset >> 15;

	if (slot >= PCI_SLOTS || offset >> 12 & 7)
		return NULL;
	return bus->slot[slot];
}

static u64 ecam_read(struct window_device *device, u64 offset, unsigned int size)
{
	const struct pci_function *function = find((struct pci_bus *)device, offset);
	u64 at = offset & 0xfff, value = 0;

	if (!function)
		return ~0ULL;
	/* there are no extended capabilities */
	if (at >= PCI_CONFIG_SIZE)
		return 0;
	while (size--)
		value = value << 8 | function->config[at + size];
	return value;
}

static void ecam_write(struct window_device *device, u64 offset, unsigned int size, u64 value)
{
	struct pci_function *function = find((struct pci_bus *)device, offset);
	u64 at = offset & 0xfff;

	if (!function || at >= PCI_CONFIG_SIZE)
		return;
	for (; size; size--, at++, value >>= 8)
		function->config[at] = (u8)((function->config[at] & ~function->writable[at]) |
					    (value & function->writable[at]));
	update(function);
	msix_update(function);
}

/* The function whose BAR, where the guest has put it, has this address; *@offset in it. */
static struct pci_function *decode(struct pci_bus *bus, u64 address, unsigned int size, u64 *offset)
{
	struct pci_function *function;
	u32 bar;
	int n;

	for (n = 0; n < PCI_SLOTS && bus->slot[n]; n++) {
		function = bus->slot[n];
		bar = get32(function, PCI_BASE_ADDRESS_0) & (u32)PCI_BASE_ADDRESS_MEM_MASK;
		/* below the BAR the difference is large */
		if (get16(function, PCI_COMMAND) & PCI_COMMAND_MEMORY &&
		    address - bar < function->bar_size &&
		    size <= function->bar_size - (address - bar)) {
			*offset = address - bar;
			return function;
		}
	}
	return NULL;
}

static struct pci_bus *bus_of(struct window_device *device)
{
	return (struct pci_bus *)((char *)device - MEMORY_OFFSET);
}

static u64 memory_read(struct window_device *device, u64 offset, unsigned int size)
{
	struct pci_function *function = decode(bus_of(device), device->base + offset, size,
					       &offset);

	return function ? function->read(function, offset, size) : ~0ULL;
}

static void memory_write(struct window_device *device, u64 offset, unsigned int size, u64 value)
{
	struct pci_function *function = decode(bus_of(device), device->base + offset, size,
					       &offset);

	if (function)
		function->write(function, offset, size, value);
}

static bool memory_work(struct window_device *device)
{
	struct pci_bus *bus = bus_of(device);
	bool more = false;
	int n;

	for (n = 0; n < PCI_SLOTS && bus->slot[n]; n++)
		more |= bus->slot[n]->work(bus->slot[n]);
	return more;
}

/*
 * As firmware leaves one: its BAR is where Linux puts it too, so that the registers of a
 * program that was started anew are where the guest has them.
 */
static void power_on(struct pci_function *function)
{
	u32 offset = function->slot * function->bar_size;
	bool fits = offset + function->bar_size <= function->bus->memory.size;

	pci_set(function, PCI_BASE_ADDRESS_0, 4,
		fits ? (u32)function->bus->memory.base + offset : 0);
	pci_set(function, PCI_COMMAND, 2, fits ? PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER : 0);
	pci_set(function, PCI_INTERRUPT_LINE, 1, 0);
	msix_reset(function);
	function->reset(function);
}

static void memory_reset(struct window_device *device)
{
	struct pci_bus *bus = bus_of(device);
	int n;

	for (n = 0; n < PCI_SLOTS && bus->slot[n]; n++)
		power_on(bus->slot[n]);
}

static void memory_resume(struct window_device *device)
{
	struct pci_bus *bus = bus_of(device);
	int n;

	for (n = 0; n < PCI_SLOTS && bus->slot[n]; n++) {
		bus->slot[n]->level = false;
		update(bus->slot[n]);
		bus->slot[n]->resume(bus->slot[n]);
	}
}

void pci_init(struct pci_bus *bus, struct window *window, u64 ecam, u64 memory, u64 memory_size,
	      unsigned int intid)
{
	bus->ecam = (struct window_device){
		.base = ecam, .size = PCI_ECAM_SIZE, .read = ecam_read, .write = ecam_write
	};
	bus->memory = (struct window_device){
		.base = memory, .size = memory_size, .read = memory_read, .write = memory_write,
		.work = memory_work, .reset = memory_reset, .resume = memory_resume
	};
	bus->window = window;
	bus->intid = intid;
	window_add(window, &bus->ecam);
	window_add(window, &bus->memory);
}

void pci_use_messages(struct pci_bus *bus, u64 frame, u32 intid, u32 count)
{
	bus->messages = (struct msix_target){ frame + MSIX_SETSPI, intid, count };
}

int pci_add(struct pci_bus *bus, struct pci_function *function)
{
	unsigned int n;

	for (n = 0; n < PCI_SLOTS && bus->slot[n]; n++)
		;
	if (n == PCI_SLOTS)
		return -1;
	function->bus = bus;
	function->slot = n;
	function->config[PCI_INTERRUPT_PIN] = 1;
	pci_allow(function, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
		  PCI_COMMAND_INTX_DISABLE);
	pci_allow(function, PCI_BASE_ADDRESS_0, 4, ~(function->bar_size - 1));
	pci_allow(function, PCI_INTERRUPT_LINE, 1, 0xff);
	bus->slot[n] = function;
	power_on(function);
	return 0;
}
