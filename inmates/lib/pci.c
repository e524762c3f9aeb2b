// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#define CFG_SIZE		0x1000	/* of a function */
#define ECAM_SIZE		(PCI_NUM_BDFS * CFG_SIZE)
#define BAR_IO			(1U << 0)
#define BAR_FLAGS		0xfU
#define MAX_CAPS		48	/* what has room in 256 bytes */

#define MSIX_TABLE_BIR		7U
#define MSIX_ENTRY_SIZE		16
#define GICD_SETSPI_NSR		0x0040

static u64 bars_used;
static bool ecam_mapped;

bool pci_present(void)
{
	return comm_region->pci_mmconfig_base != 0;
}

static volatile u8 *config_space(u16 bdf, unsigned int addr)
{
	volatile u8 *ecam = (volatile u8 *)comm_region->pci_mmconfig_base;

	if (!ecam_mapped) {
		if (!ecam)
			panic("this cell has no PCI host");
		map_range(ecam, ECAM_SIZE, MAP_UNCACHED);
		ecam_mapped = true;
	}
	if (bdf >= PCI_NUM_BDFS)
		panic("PCI function 0x%x is not on bus 0", bdf);
	return ecam + bdf * CFG_SIZE + addr;
}

u32 pci_read_config(u16 bdf, unsigned int addr, unsigned int size)
{
	volatile u8 *reg = config_space(bdf, addr);

	switch (size) {
	case 1:
		return mmio_read8(reg);
	case 2:
		return mmio_read16(reg);
	default:
		return mmio_read32(reg);
	}
}

void pci_write_config(u16 bdf, unsigned int addr, u32 value, unsigned int size)
{
	volatile u8 *reg = config_space(bdf, addr);

	switch (size) {
	case 1:
		mmio_write8(reg, (u8)value);
		break;
	case 2:
		mmio_write16(reg, (u16)value);
		break;
	default:
		mmio_write32(reg, value);
	}
}

int pci_find_device(u16 vendor, u16 device, u16 start_bdf)
{
	for (unsigned int bdf = start_bdf; bdf < PCI_NUM_BDFS; bdf++) {
		u32 id = pci_read_config((u16)bdf, PCI_CFG_VENDOR_ID, 2);

		if (id == PCI_ID_ANY || (vendor != PCI_ID_ANY && id != vendor))
			continue;
		id = pci_read_config((u16)bdf, PCI_CFG_DEVICE_ID, 2);
		if (device == PCI_ID_ANY || id == device)
			return (int)bdf;
	}
	return -1;
}

int pci_find_cap(u16 bdf, u16 cap)
{
	u32 at;

	if (!(pci_read_config(bdf, PCI_CFG_STATUS, 2) & PCI_STS_CAPS))
		return -1;
	at = pci_read_config(bdf, PCI_CFG_CAPS, 1);
	for (unsigned int n = 0; at && n < MAX_CAPS; n++) {
		if (pci_read_config(bdf, at, 1) == cap)
			return (int)at;
		at = pci_read_config(bdf, at + 1, 1);
	}
	return -1;
}

static void bar_write(u16 bdf, unsigned int reg, bool wide, u64 value)
{
	pci_write_config(bdf, reg, (u32)value, 4);
	if (wide)
		pci_write_config(bdf, reg + 4, (u32)(value >> 32), 4);
}

/* Without flags; the upper half of a narrow one is what an address has there. */
static u64 bar_read(u16 bdf, unsigned int reg, bool wide, u32 upper)
{
	u32 low = pci_read_config(bdf, reg, 4) & ~BAR_FLAGS;

	if (wide)
		upper = pci_read_config(bdf, reg + 4, 4);
	return low ? low | (u64)upper << 32 : 0;
}

volatile void *pci_map_bar(u16 bdf, unsigned int bar, size_t *size)
{
	unsigned int reg = PCI_CFG_BAR + 4 * bar;
	u32 command = pci_read_config(bdf, PCI_CFG_COMMAND, 2);
	u32 flags = pci_read_config(bdf, reg, 4);
	bool wide = flags & PCI_BAR_64BIT;
	u64 mask, addr;

	if (flags & BAR_IO)
		return NULL;
	/* it must not decode the addresses that ask for its size */
	pci_write_config(bdf, PCI_CFG_COMMAND, command & ~PCI_CMD_MEM, 2);
	addr = bar_read(bdf, reg, wide, 0);
	bar_write(bdf, reg, wide, ~0ULL);
	mask = bar_read(bdf, reg, wide, ~0U);
	if (mask && !addr) {
		bars_used = (bars_used + ~mask) & mask;
		addr = comm_region->pci_mmconfig_base + ECAM_SIZE + bars_used;
		bars_used += ~mask + 1;
	}
	bar_write(bdf, reg, wide, addr);
	pci_write_config(bdf, PCI_CFG_COMMAND, command, 2);
	if (!mask)
		return NULL;
	*size = (size_t)(~mask + 1);
	map_range((volatile void *)addr, *size, MAP_UNCACHED);
	return (volatile void *)addr;
}

unsigned int pci_intx_irq(u16 bdf)
{
	u32 pin = pci_read_config(bdf, PCI_CFG_INT_PIN, 1);

	return pin ? GIC_FIRST_SPI + comm_region->vpci_irq_base + pin - 1 : 0;
}

unsigned int pci_msix_vectors(u16 bdf)
{
	int cap = pci_find_cap(bdf, PCI_CAP_ID_MSIX);

	if (cap < 0)
		return 0;
	return (pci_read_config(bdf, (unsigned int)cap + PCI_MSIX_CTRL, 2) &
		PCI_MSIX_CTRL_SIZE) + 1;
}

bool pci_msix_set_vector(u16 bdf, unsigned int irq, unsigned int vector)
{
	u64 doorbell = comm_region->gicd_base + GICD_SETSPI_NSR;
	unsigned int cap, table;
	volatile u8 *entry;
	size_t size;

	if (vector >= pci_msix_vectors(bdf))
		return false;
	cap = (unsigned int)pci_find_cap(bdf, PCI_CAP_ID_MSIX);
	table = pci_read_config(bdf, cap + PCI_MSIX_TABLE, 4);
	entry = pci_map_bar(bdf, table & MSIX_TABLE_BIR, &size);
	table &= ~MSIX_TABLE_BIR;
	if (!entry || table + (vector + 1) * MSIX_ENTRY_SIZE > size)
		return false;
	entry += table + vector * MSIX_ENTRY_SIZE;

	mmio_write32(entry, (u32)doorbell);
	mmio_write32(entry + 4, (u32)(doorbell >> 32));
	mmio_write32(entry + 8, irq);
	mmio_write32(entry + 12, 0);
	pci_write_config(bdf, cap + PCI_MSIX_CTRL, PCI_MSIX_CTRL_ENABLE, 2);
	return true;
}
