/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

/*
 * Validator and accessors of configurations: the one set of checks for the
 * hypervisor, the host tools and the fuzzer. Nothing here knows the machine's
 * state; what depends on it (who owns what now) is checked by cell.c.
 */

#include <jailhouse/cell-config.h>

/* Largest configuration accepted, in bytes. */
#define CONFIG_MAX_SIZE		0x10000

/* Words of 32 INTIDs that an irqchip can describe: 0..1023 */
#define CONFIG_IRQ_WORDS	32
/* of an IVSHMEM device, at most */
#define CONFIG_MSIX_VECTORS	16
/* pins of one irqchip entry */
#define CONFIG_CHIP_PINS	128

/* GICv3: bytes of the distributor, and of a redistributor's two frames */
#define CONFIG_GIC_FRAME	0x10000ULL
#define CONFIG_GICR_SIZE	0x20000ULL
/* bytes of a PCI bus's configuration space */
#define CONFIG_ECAM_BUS		0x100000ULL

/*
 * Bytes of a cell descriptor with its arrays, 0 if a count makes that exceed
 * CONFIG_MAX_SIZE. Reads the fixed descriptor only.
 */
size_t config_cell_size(const struct jailhouse_cell_desc *desc);

/*
 * Check @size bytes at @sys / @desc; bytes behind the last array are not looked
 * at. 0, or refuse()d with a negative errno: -EINVAL bad content, -E2BIG a CPU
 * number from CELLBLOCK_MAX_CPUS on.
 * Checked: signature, revision, architecture, size against the counts, name
 * (non-empty, terminated, printable), CPU set not empty; memory regions: size
 * (0 only if all else is 0: an unused entry), 48-bit limits, known flags, no
 * overlap of guest-physical ranges nor of physical RAM, at most one
 * communication region, of one page; regions that are not page-aligned: within
 * one page and with an access width; irqchips: INTIDs 32..1019, each once; PCI
 * devices: type, address, indices of capabilities and memory regions; IVSHMEM:
 * 2 to 12 peers, BARs, vectors, an INTx of the cell's, sections one behind the
 * other, writable for whom they are. For a system also: hypervisor memory
 * page-aligned and apart from root's regions, GICv3 and its bases, irqchips'
 * address, debug console, place of the virtual PCI host.
 */
int config_check_system(const struct jailhouse_system *sys, size_t size);
int config_check_cell(const struct jailhouse_cell_desc *desc, size_t size);

/*
 * Checks a (valid) cell against a (valid) system: CPUs and interrupts within
 * root's, interrupts on the system's GIC, nothing of the hypervisor's memory or
 * the GIC, ROOTSHARED regions each in one region of root or outside all of
 * them, nothing in the place of the virtual PCI host, links as in root (see
 * config_check_links()), not root's name (-EEXIST; otherwise -EINVAL).
 */
int config_check_cell_in_system(const struct jailhouse_system *sys,
				const struct jailhouse_cell_desc *desc);
/*
 * Can two (valid) cells of one system exist at once? -EEXIST for the same name,
 * -EBUSY for a common CPU, interrupt, or memory that not both share with root.
 * Messages speak of @a as the new one.
 */
int config_check_cells(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b);

/*
 * Is there a place for the virtual PCI host in the cell's address space, and for
 * its IVSHMEM devices in the host? Part of the checks above.
 */
int config_check_pci_host(const struct jailhouse_system *sys,
			  const struct jailhouse_cell_desc *desc);

/*
 * Do the IVSHMEM devices of two (valid) cells with the same address make one
 * link, and others different ones? -EINVAL if peers, protocol, sizes or place
 * of the memory differ, -EBUSY if both are the same peer, or two links have
 * memory in common. Messages speak of @a as the new one.
 */
int config_check_links(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b);

/* The arrays behind a descriptor (valid after config_check_*). */
const void *config_cpu_set(const struct jailhouse_cell_desc *desc);
const struct jailhouse_memory *
config_mem_regions(const struct jailhouse_cell_desc *desc);
const struct jailhouse_irqchip *
config_irqchips(const struct jailhouse_cell_desc *desc);
const struct jailhouse_pci_device *
config_pci_devices(const struct jailhouse_cell_desc *desc);

/* Is CPU @cpu in the descriptor's CPU set? False beyond its end. */
bool config_has_cpu(const struct jailhouse_cell_desc *desc, unsigned int cpu);
/*
 * The INTIDs 32 * @word to 32 * @word + 31 that the descriptor's irqchips give
 * it (pin_base is a multiple of 32), bit n for 32 * @word + n.
 */
u32 config_irq_word(const struct jailhouse_cell_desc *desc, unsigned int word);

static inline bool config_has_irq(const struct jailhouse_cell_desc *desc,
				  unsigned int intid)
{
	return config_irq_word(desc, intid / 32) >> (intid % 32) & 1;
}

/* INTA..INTD of a virtual function without MSI-X, as 1..4, and its INTID. */
static inline u32 config_pci_pin(const struct jailhouse_pci_device *dev)
{
	return (dev->bdf >> 3 & 3) + 1U;
}

static inline u32 config_pci_intid(const struct jailhouse_cell_desc *desc,
				   const struct jailhouse_pci_device *dev)
{
	return 32 + desc->vpci_irq_base + config_pci_pin(dev) - 1;
}

/* An unused entry of the memory regions: to be skipped. */
static inline bool config_mem_empty(const struct jailhouse_memory *mem)
{
	return !mem->size;
}

/* Do two ranges (start, size) have a byte in common? */
static inline bool config_overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return (a - b < b_size && a_size) || (b - a < a_size && b_size);
}

/*
 * Bytes of a link whose regions are at @mem: one behind the other, without a
 * gap.
 */
static inline u64 config_link_size(const struct jailhouse_memory *mem,
				   const struct jailhouse_pci_device *dev)
{
	return mem[0].size + mem[1].size + dev->shmem_peers * mem[2].size;
}

/* In physical memory; false for an empty region. */
static inline bool config_mem_overlap(const struct jailhouse_memory *a,
				      const struct jailhouse_memory *b)
{
	return config_overlap(a->phys_start, a->size, b->phys_start, b->size);
}

#endif /* CONFIG_CONFIG_H */
