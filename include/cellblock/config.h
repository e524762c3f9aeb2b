/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_CONFIG_H
#define CELLBLOCK_CONFIG_H

/*
 * Reading configurations: where the arrays of a descriptor are, and what their
 * elements mean. For the hypervisor, the driver, tools and tests alike;
 * what a configuration may say is the validator's business (hypervisor/config).
 *
 * All functions but config_size() and config_system_size() look at the arrays:
 * they need a descriptor that is whole, and no more than that. A whole one may
 * say anything; nothing after its last array is read.
 */

#include <cellblock/sharing.h>
#include <jailhouse/cell-config.h>

/* Largest configuration accepted, in bytes. */
#define CONFIG_MAX_SIZE		0x10000

/*
 * Offsets from the descriptor, each array after the one before. The counts
 * have 32 bits and the elements few bytes: no sum overflows 64.
 */
#define CONFIG_AFTER(before, count, type)				\
	(config_##before##_offset(desc) + (u64)desc->count * sizeof(type))

static inline u64 config_cpu_set_offset(const struct jailhouse_cell_desc *desc)
{
	return sizeof(*desc);
}

static inline u64 config_mem_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(cpu_set, cpu_set_size, u8);
}

static inline u64 config_cache_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(mem, num_memory_regions, struct jailhouse_memory);
}

static inline u64 config_irqchip_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(cache, num_cache_regions, struct jailhouse_cache);
}

static inline u64 config_pio_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(irqchip, num_irqchips, struct jailhouse_irqchip);
}

static inline u64 config_pci_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(pio, num_pio_regions, struct jailhouse_pio);
}

static inline u64 config_cap_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(pci, num_pci_devices, struct jailhouse_pci_device);
}

static inline u64 config_stream_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(cap, num_pci_caps, struct jailhouse_pci_capability);
}

static inline u64 config_sharing_offset(const struct jailhouse_cell_desc *desc)
{
	return CONFIG_AFTER(stream, num_stream_ids, union jailhouse_stream_id);
}

/* Bytes of a descriptor with its arrays; reads the descriptor only. */
static inline u64 config_size(const struct jailhouse_cell_desc *desc)
{
	return config_sharing_offset(desc) +
	       (desc->flags & JAILHOUSE_CELL_SHARES_CPUS ?
		sizeof(struct cellblock_sharing) : 0);
}

#undef CONFIG_AFTER

/* The same of a system configuration, which ends with the root cell's arrays. */
static inline u64 config_system_size(const struct jailhouse_system *sys)
{
	return offsetof(struct jailhouse_system, root_cell) +
	       config_size(&sys->root_cell);
}

/* Do @size bytes at @desc hold all that its counts announce? */
static inline bool config_is_whole(const struct jailhouse_cell_desc *desc,
				   u64 size)
{
	return size >= sizeof(*desc) && size >= config_size(desc);
}

/* The arrays */

static inline const u8 *config_cpu_set(const struct jailhouse_cell_desc *desc)
{
	return (const u8 *)desc + config_cpu_set_offset(desc);
}

static inline const struct jailhouse_memory *
config_mem_regions(const struct jailhouse_cell_desc *desc)
{
	return (const void *)((const u8 *)desc + config_mem_offset(desc));
}

static inline const struct jailhouse_irqchip *
config_irqchips(const struct jailhouse_cell_desc *desc)
{
	return (const void *)((const u8 *)desc + config_irqchip_offset(desc));
}

static inline const struct jailhouse_pci_device *
config_pci_devices(const struct jailhouse_cell_desc *desc)
{
	return (const void *)((const u8 *)desc + config_pci_offset(desc));
}

#define CONFIG_EACH(type, element, first, count)				\
	for (const type *element##__end = ((element) = (first)) + (count);	\
	     (element) < element##__end; (element)++)

#define for_each_mem(mem, desc)						\
	CONFIG_EACH(struct jailhouse_memory, mem, config_mem_regions(desc),	\
		    (desc)->num_memory_regions)

#define for_each_irqchip(chip, desc)					\
	CONFIG_EACH(struct jailhouse_irqchip, chip, config_irqchips(desc),	\
		    (desc)->num_irqchips)

#define for_each_pci_device(dev, desc)					\
	CONFIG_EACH(struct jailhouse_pci_device, dev, config_pci_devices(desc), \
		    (desc)->num_pci_devices)

/* CPUs and interrupts */

/* The first 64 CPUs of the descriptor's CPU set: bit n for CPU n. */
static inline u64 config_cpu_bits(const struct jailhouse_cell_desc *desc)
{
	u32 n = desc->cpu_set_size < sizeof(u64) ? desc->cpu_set_size : sizeof(u64);
	u64 set = 0;

	for (; n; n--)
		set = set << 8 | config_cpu_set(desc)[n - 1];
	return set;
}

/* What it shares of root's CPUs; NULL: nothing. */
static inline const struct cellblock_sharing *
config_sharing(const struct jailhouse_cell_desc *desc)
{
	return desc->flags & JAILHOUSE_CELL_SHARES_CPUS ?
	       (const void *)((const u8 *)desc + config_sharing_offset(desc)) : NULL;
}

static inline u64 config_shared_cpus(const struct jailhouse_cell_desc *desc)
{
	const struct cellblock_sharing *sharing = config_sharing(desc);

	return sharing ? sharing->cpus : 0;
}

/* Is CPU @cpu in the descriptor's CPU set? False beyond its end. */
static inline bool config_has_cpu(const struct jailhouse_cell_desc *desc,
				  unsigned int cpu)
{
	return cpu / 8 < desc->cpu_set_size &&
	       (config_cpu_set(desc)[cpu / 8] >> cpu % 8 & 1);
}

/*
 * The INTIDs 32 * @word to 32 * @word + 31 that the descriptor's irqchips give
 * it (pin_base is a multiple of 32), bit n for 32 * @word + n.
 */
static inline u32 config_irq_word(const struct jailhouse_cell_desc *desc,
				  unsigned int word)
{
	const struct jailhouse_irqchip *chip;
	u32 bits = 0;

	for_each_irqchip(chip, desc) {
		unsigned int w = word - chip->pin_base / 32;

		if (w < ARRAY_SIZE(chip->pin_bitmap))
			bits |= chip->pin_bitmap[w];
	}
	return bits;
}

static inline bool config_has_irq(const struct jailhouse_cell_desc *desc,
				  unsigned int intid)
{
	return config_irq_word(desc, intid / 32) >> (intid % 32) & 1;
}

/* Memory */

/* An unused entry of the memory regions: to be skipped. */
static inline bool config_mem_empty(const struct jailhouse_memory *mem)
{
	return !mem->size;
}

/* Of these the hypervisor makes what is there, and phys_start says nothing. */
#define CONFIG_MEM_MADE		(JAILHOUSE_MEM_COMM_REGION | JAILHOUSE_MEM_REMOTE)

/* Are all of @size bytes at guest-physical @address in the region? */
static inline bool config_mem_holds(const struct jailhouse_memory *mem, u64 address,
				    u64 size)
{
	u64 offset = address - mem->virt_start;

	return address >= mem->virt_start && offset <= mem->size &&
	       size <= mem->size - offset;
}

/* Do two ranges (start, size) have a byte in common? Asked for many pairs. */
static inline __attribute__((always_inline)) bool
config_overlap(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return (a - b < b_size && a_size) || (b - a < a_size && b_size);
}

/* In physical memory; false for an empty region. */
static inline bool config_mem_overlap(const struct jailhouse_memory *a,
				      const struct jailhouse_memory *b)
{
	return config_overlap(a->phys_start, a->size, b->phys_start, b->size);
}

/* Links */

static inline bool config_is_link(const struct jailhouse_pci_device *dev)
{
	return dev->type == JAILHOUSE_PCI_TYPE_IVSHMEM;
}

/* In .iommu of root's device: it is there as long as the hypervisor is. */
#define CELLBLOCK_LINK_STAYS	0x80

#define for_each_link(dev, desc)					\
	for_each_pci_device(dev, desc)					\
		if (config_is_link(dev))

/* State table, read/write section, and an output section of each peer. */
static inline u32 config_link_regions(const struct jailhouse_pci_device *dev)
{
	return 2U + dev->shmem_peers;
}

/* Are the memory regions of link @dev all there, the peers' too? */
static inline bool config_has_sections(const struct jailhouse_cell_desc *desc,
				       const struct jailhouse_pci_device *dev)
{
	return dev->shmem_peers &&
	       (u64)dev->shmem_regions_start + config_link_regions(dev) <=
		       desc->num_memory_regions;
}

/* Is @mem, one of the descriptor's regions, a section of a link? */
static inline bool config_is_section(const struct jailhouse_cell_desc *desc,
				     const struct jailhouse_memory *mem)
{
	u32 n = (u32)(mem - config_mem_regions(desc));
	const struct jailhouse_pci_device *dev;

	for_each_link(dev, desc)
		if (n - dev->shmem_regions_start < config_link_regions(dev))
			return true;
	return false;
}

#endif /* CELLBLOCK_CONFIG_H */
