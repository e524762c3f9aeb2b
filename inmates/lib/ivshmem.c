// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#define INTX_PINS		4

static u32 cap_read(const struct ivshmem *link, unsigned int field)
{
	return pci_read_config(link->bdf, IVSHMEM_CAP_OFFSET + field, 4);
}

static u64 cap_read64(const struct ivshmem *link, unsigned int field)
{
	return cap_read(link, field) | (u64)cap_read(link, field + 4) << 32;
}

static void map_if_any(const volatile void *start, u64 size, enum map_type type)
{
	if (size)
		map_range(start, size, type);
}

static void map_memory(struct ivshmem *link)
{
	u64 base = cap_read64(link, IVSHMEM_CAP_ADDRESS);
	u32 table_size = cap_read(link, IVSHMEM_CAP_STATE_TABLE_SIZE);

	link->rw_size = cap_read64(link, IVSHMEM_CAP_RW_SECTION_SIZE);
	link->output_size = cap_read64(link, IVSHMEM_CAP_OUTPUT_SECTION_SIZE);
	link->states = (const volatile u32 *)base;
	link->rw_section = (void *)(base + table_size);
	link->output = (u8 *)link->rw_section + link->rw_size;

	map_if_any(link->states, table_size, MAP_CACHED_RO);
	map_if_any(link->rw_section, link->rw_size, MAP_CACHED);
	for (u32 peer = 0; peer < link->max_peers; peer++)
		map_if_any(ivshmem_output(link, peer), link->output_size,
			   peer == link->id ? MAP_CACHED : MAP_CACHED_RO);
}

static bool is_ivshmem(u16 bdf)
{
	return pci_find_device(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID, bdf) == bdf &&
	       pci_find_cap(bdf, IVSHMEM_CAP_ID) == IVSHMEM_CAP_OFFSET;
}

bool ivshmem_attach(struct ivshmem *link, u16 bdf)
{
	int found = bdf;
	size_t size;

	if (!pci_present())
		return false;
	if (bdf == IVSHMEM_ANY_BDF)
		found = pci_find_device(IVSHMEM_VENDOR_ID, IVSHMEM_DEVICE_ID, 0);
	if (found < 0 || !is_ivshmem((u16)found))
		return false;

	link->bdf = (u16)found;
	link->protocol = (u16)(pci_read_config(link->bdf, PCI_CFG_CLASS, 4) >> 8);
	link->registers = pci_map_bar(link->bdf, IVSHMEM_BAR_REGISTERS, &size);
	if (!link->registers)
		return false;
	pci_write_config(link->bdf, PCI_CFG_COMMAND, PCI_CMD_MEM | PCI_CMD_MASTER,
			 2);
	ivshmem_disable_irqs(link);
	ivshmem_set_state(link, IVSHMEM_STATE_RESET);

	link->id = ivshmem_read(link, IVSHMEM_REG_ID);
	link->max_peers = ivshmem_read(link, IVSHMEM_REG_MAX_PEERS);
	link->vectors = pci_msix_vectors(link->bdf);
	link->irq = link->vectors ?
		GIC_FIRST_SPI + comm_region->vpci_irq_base + INTX_PINS :
		pci_intx_irq(link->bdf);
	map_memory(link);
	return true;
}

void ivshmem_enable_irqs(struct ivshmem *link)
{
	unsigned int count = link->vectors ? link->vectors : 1;

	for (unsigned int n = 0; n < count; n++) {
		if (link->vectors)
			pci_msix_set_vector(link->bdf, link->irq + n, n);
		irq_set_edge(link->irq + n, true);
		irq_enable(link->irq + n);
	}
	ivshmem_write(link, IVSHMEM_REG_INT_CONTROL, IVSHMEM_INT_ENABLE);
}

void ivshmem_disable_irqs(struct ivshmem *link)
{
	ivshmem_write(link, IVSHMEM_REG_INT_CONTROL, 0);
}

void ivshmem_set_one_shot(struct ivshmem *link, bool one_shot)
{
	pci_write_config(link->bdf, IVSHMEM_CAP_OFFSET + IVSHMEM_CAP_PRIV_CONTROL,
			 one_shot ? IVSHMEM_PRIV_ONE_SHOT : 0, 1);
}
