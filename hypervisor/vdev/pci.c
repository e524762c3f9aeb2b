// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell_mem.h>
#include <vdev/ivshmem.h>
#include <core/main.h>
#include <vdev/pci.h>
#include <lib/string.h>

#define ECAM_FUNCTION_SIZE	0x1000U

void pci_count_denied(void)
{
	arch_this_vcpu()->stats[CELLBLOCK_CPU_STAT_DENIED]++;
}

/* BARs */

static u32 bar_mask(const struct pci_function *fn, unsigned int n)
{
	/* without MSI-X there is no table */
	return n && !fn->config->num_msix_vectors ? 0 : fn->config->bar_mask[n];
}

static void undecode(struct pci_function *fn, unsigned int n)
{
	if (!fn->decoded[n])
		return;
	if (n == IVSHMEM_BAR_REGISTERS)
		ivshmem_set_doorbell(fn, fn->decoded[n], false);
	mmio_unregister(&fn->cell->mmio, fn->decoded[n]);
	fn->decoded[n] = 0;
}

/* Memory of the cell or the interrupt controller answers there. */
static bool is_occupied(const struct cell *cell, u64 start, u64 size)
{
	const struct jailhouse_memory *mem;
	u64 base, length;

	for_each_mem(mem, cell->config)
		if (config_overlap(mem->virt_start, mem->size, start, size))
			return true;
	for (unsigned int i = 0; arch_reserved_range(i, &base, &length); i++)
		if (config_overlap(base, length, start, size))
			return true;
	return false;
}

static void decode(struct pci_function *fn, unsigned int n)
{
	u32 mask = bar_mask(fn, n), address = pci_space(fn, PCI_BAR(n));
	u64 size = ~mask + 1ULL;

	if (!(pci_space(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY) || !mask)
		address = 0;
	if (address == fn->decoded[n])
		return;
	undecode(fn, n);
	if (!address)
		return;
	if (is_occupied(fn->cell, address, size) ||
	    mmio_register(&fn->cell->mmio, address, size,
			  n == IVSHMEM_BAR_REGISTERS ? ivshmem_registers :
						       ivshmem_msix_table, fn)) {
		pci_count_denied();
		return;
	}
	fn->decoded[n] = address;
	if (n == IVSHMEM_BAR_REGISTERS)
		ivshmem_set_doorbell(fn, address, true);
}

/* Configuration space */

static u32 writable(const struct pci_function *fn, u32 offset)
{
	switch (offset) {
	case PCI_COMMAND:
		return PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
		       PCI_COMMAND_INTX_OFF;
	case PCI_BAR(0):
	case PCI_BAR(1):
		return bar_mask(fn, (offset - PCI_BAR(0)) / 4);
	case PCI_INTERRUPT:
		return 0xff;
	case PCI_CAP_VENDOR:
		return (u32)IVSHMEM_PRIV_ONE_SHOT <<
		       IVSHMEM_CAP_PRIV_CONTROL * 8;
	case PCI_CAP_MSIX:
		return fn->config->num_msix_vectors ?
		       PCI_MSIX_ENABLE | PCI_MSIX_MASK : 0;
	default:
		return 0;
	}
}

void pci_reset(struct pci_function *fn)
{
	for (unsigned int n = 0; n < PCI_NUM_BARS; n++)
		undecode(fn, n);
	memset(fn->space, 0, sizeof(fn->space));
	fn->space[PCI_COMMAND / 4] = PCI_STATUS_CAPS;
	fn->space[PCI_CAP_POINTER / 4] = PCI_CAP_VENDOR;
	ivshmem_fill_space(fn);
}

static void write_space(struct pci_function *fn, u32 offset, u32 value,
			u32 mask)
{
	u32 *word = &fn->space[offset / 4];

	mask &= writable(fn, offset);
	if (!mask)
		return;
	*word = (*word & ~mask) | (value & mask);
	for (unsigned int n = 0; n < PCI_NUM_BARS; n++)
		decode(fn, n);
	ivshmem_update(fn);
}

static void access_space(struct pci_function *fn, u32 offset,
			 struct mmio_access *access, u32 ones)
{
	u32 shift = offset % 4 * 8;

	offset &= ~3U;
	if (offset >= PCI_CONFIG_SIZE)
		access->value = 0;
	else if (access->is_write)
		write_space(fn, offset, (u32)access->value << shift,
			    ones << shift);
	else
		access->value = pci_space(fn, offset) >> shift & ones;
}

/* @arg: the cell */
static enum mmio_result ecam_access(void *arg, struct mmio_access *access)
{
	u32 offset = (u32)access->address % ECAM_FUNCTION_SIZE;
	u64 ones = mmio_ones(access);
	struct pci_function *fn;
	struct cell *cell = arg;

	if (!access->is_write)
		access->value = ones;
	if (access->size > 4 || (offset & (access->size - 1U))) {
		pci_count_denied();
		return MMIO_HANDLED;
	}
	/* root's functions come and go */
	spin_lock(&cell->mm_lock);
	fn = ivshmem_find(cell, access->address / ECAM_FUNCTION_SIZE);
	if (fn)
		access_space(fn, offset, access, (u32)ones);
	spin_unlock(&cell->mm_lock);
	return MMIO_HANDLED;
}

int pci_add_host(struct cell *cell)
{
	return mmio_register(&cell->mmio,
			     system_config->platform_info.pci_mmconfig_base,
			     (system_config->platform_info.pci_mmconfig_end_bus + 1) *
			     CONFIG_ECAM_BUS, ecam_access, cell);
}
