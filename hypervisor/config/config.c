// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Checks of one configuration on its own; config_system.c compares several. */

#include <cellblock/loader.h>
#include <config/config.h>
#include <drivers/uart/uart.h>
#include <lib/errno.h>
#include <lib/page_alloc.h>
#include <lib/refuse.h>
#include <lib/string.h>
#include <jailhouse/ivshmem.h>

#define ADDRESS_LIMIT		(1ULL << 48)

#define CELL_FLAGS		(JAILHOUSE_CELL_PASSIVE_COMMREG | \
				 JAILHOUSE_CELL_TEST_DEVICE | \
				 JAILHOUSE_CELL_GIC_PMR | \
				 JAILHOUSE_CELL_TRAP_WFI | \
				 JAILHOUSE_CELL_WATCHED | \
				 JAILHOUSE_CELL_PERMISSIVE | \
				 JAILHOUSE_CELL_RESETS | \
				 JAILHOUSE_CELL_RESTARTS(0xffU) | \
				 JAILHOUSE_CELL_VIRTUAL_CONSOLE_PERMITTED | \
				 JAILHOUSE_CELL_VIRTUAL_CONSOLE_ACTIVE)
#define MEM_FLAGS		(JAILHOUSE_MEM_NO_HUGEPAGES | 0xff | \
				 JAILHOUSE_MEM_LOGGED | JAILHOUSE_MEM_REMOTE | \
				 JAILHOUSE_MEM_IO_UNALIGNED | MEM_WIDTHS)
#define MEM_WIDTHS		(0xfU << JAILHOUSE_MEM_IO_WIDTH_SHIFT)
#define WINDOW_ACCESS		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE)
#define WINDOW_FLAGS		(JAILHOUSE_MEM_REMOTE | WINDOW_ACCESS)

/* What is at the start of both kinds of configuration. */
static int check_header(const char *found, const char *expected, u8 arch,
			u16 revision)
{
	if (memcmp(found, expected, 5))
		return refuse(-EINVAL, "not a %s configuration: no signature %s",
			      expected[2] == 'S' ? "system" : "cell", expected);
	if (revision != JAILHOUSE_CONFIG_REVISION)
		return refuse(-EINVAL,
			      "the configuration has revision %u, not %u: rebuild it",
			      revision, JAILHOUSE_CONFIG_REVISION);
	if (arch != JAILHOUSE_ARM64)
		return refuse(-EINVAL,
			      "the configuration is for architecture %u, not arm64 (%u)",
			      arch, JAILHOUSE_ARM64);
	return 0;
}

static int check_whole(size_t size, u64 needed)
{
	return size >= needed ? 0 :
		refuse(-EINVAL, "the configuration is truncated: %zu bytes, not %llu",
		       size, needed);
}

/* @size: bytes from @desc on */
static int check_size(const struct jailhouse_cell_desc *desc, size_t size)
{
	u64 needed = config_size(desc);

	if (needed > CONFIG_MAX_SIZE)
		return refuse(-EINVAL, "the configuration's counts need more than %u bytes",
			      CONFIG_MAX_SIZE);
	return check_whole(size, needed);
}

static int check_name(const char *name)
{
	unsigned int n;

	for (n = 0; name[n]; n++) {
		if (n == JAILHOUSE_CELL_NAME_MAXLEN)
			return refuse(-EINVAL, "the cell's name is not terminated");
		if (name[n] < ' ' || name[n] > '~')
			return refuse(-EINVAL, "the cell's name is not printable");
	}
	return n ? 0 : refuse(-EINVAL, "the cell's name is empty");
}

static int check_cpus(const struct jailhouse_cell_desc *desc)
{
	const u8 *set = config_cpu_set(desc);
	bool found = config_shared_cpus(desc);
	unsigned int n;

	for (n = 0; n < desc->cpu_set_size; n++) {
		if (!set[n])
			continue;
		if (n >= CELLBLOCK_MAX_CPUS / 8)
			return refuse(-E2BIG,
				      "CPU %u is one too many: at most %u are supported",
				      8 * n + (unsigned int)__builtin_ctz(set[n]),
				      CELLBLOCK_MAX_CPUS);
		found = true;
	}
	return found ? 0 : refuse(-EINVAL, "the CPU set is empty");
}

static bool ends_beyond(u64 start, u64 size)
{
	return start >= ADDRESS_LIMIT || size > ADDRESS_LIMIT - start;
}

static bool crosses_page(u64 start, u64 size)
{
	return (start & PAGE_OFFS_MASK) + size > PAGE_SIZE;
}

static int check_subpage(const struct jailhouse_memory *mem, unsigned int n)
{
	if (!(mem->flags & MEM_WIDTHS) ||
	    crosses_page(mem->phys_start, mem->size) ||
	    crosses_page(mem->virt_start, mem->size))
		return refuse(-EINVAL,
			      "memory region %u: not page-aligned, and more than one page or no access width (IO_8..IO_64)",
			      n);
	return 0;
}

static int check_region(const struct jailhouse_cell_desc *desc,
			const struct jailhouse_memory *mem, unsigned int n)
{
	u64 flags = mem->flags;

	if (config_mem_empty(mem)) {
		if (mem->phys_start | mem->virt_start | flags)
			return refuse(-EINVAL, "memory region %u: size is 0", n);
		return 0;
	}
	if (flags & ~(u64)MEM_FLAGS)
		return refuse(-EINVAL, "memory region %u: unknown flags 0x%llx",
			      n, flags & ~(u64)MEM_FLAGS);
	if (ends_beyond(mem->virt_start, mem->size) ||
	    ends_beyond(mem->phys_start, mem->size))
		return refuse(-EINVAL,
			      "memory region %u: ends beyond 48-bit addresses", n);
	if ((flags & JAILHOUSE_MEM_COMM_REGION) &&
	    (mem->size != PAGE_SIZE || (mem->virt_start & PAGE_OFFS_MASK)))
		return refuse(-EINVAL,
			      "memory region %u: communication region is not one page",
			      n);
	if ((flags & JAILHOUSE_MEM_REMOTE) &&
	    ((flags & ~(u64)WINDOW_FLAGS) || !(flags & WINDOW_ACCESS) ||
	     mem->phys_start != mem->virt_start || JAILHOUSE_MEMORY_IS_SUBPAGE(mem) ||
	     desc->flags & JAILHOUSE_CELL_SHARES_CPUS))
		return refuse(-EINVAL,
			      "memory region %u: a window (JAILHOUSE_MEM_REMOTE) is whole pages, with READ, WRITE or both, phys_start as virt_start, and no shared CPU in the cell",
			      n);
	if (!(flags & JAILHOUSE_MEM_COMM_REGION) &&
	    JAILHOUSE_MEMORY_IS_SUBPAGE(mem))
		return check_subpage(mem, n);
	return 0;
}

/* Two of a cell's, and their numbers. */
static int check_pair(const struct jailhouse_memory *a, unsigned int a_nr,
		      const struct jailhouse_memory *b, unsigned int b_nr)
{
	if (config_overlap(a->virt_start, a->size, b->virt_start, b->size))
		return refuse(-EINVAL,
			      "memory regions %u and %u overlap in the cell's address space",
			      a_nr, b_nr);
	if (a->flags & b->flags & JAILHOUSE_MEM_COMM_REGION)
		return refuse(-EINVAL,
			      "memory regions %u and %u are both the communication region",
			      a_nr, b_nr);
	if (!((a->flags | b->flags) &
	      (CONFIG_MEM_MADE | JAILHOUSE_MEM_IO)) &&
	    config_mem_overlap(a, b))
		return refuse(-EINVAL, "memory regions %u and %u overlap in physical memory",
			      a_nr, b_nr);
	return 0;
}

static int check_memory(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int n, m;
	int err;

	for (n = 0; n < desc->num_memory_regions; n++) {
		err = check_region(desc, &mem[n], n);
		for (m = 0; m < n && !err; m++)
			if (!config_mem_empty(&mem[m]) &&
			    !config_mem_empty(&mem[n]))
				err = check_pair(&mem[m], m, &mem[n], n);
		if (err)
			return err;
	}
	return 0;
}

/* @seen: a bit for each INTID that an earlier irqchip has */
static int check_irqchip(const struct jailhouse_irqchip *chip, unsigned int n,
			 u32 seen[CONFIG_IRQ_WORDS])
{
	unsigned int w, word = chip->pin_base / 32;
	u32 bits, wrong, twice;

	if (chip->pin_base % 32)
		return refuse(-EINVAL,
			      "irqchip %u: pin_base %u is not a multiple of 32",
			      n, chip->pin_base);
	for (w = 0; w < ARRAY_SIZE(chip->pin_bitmap); w++, word++) {
		bits = chip->pin_bitmap[w];
		if (!bits)
			continue;
		/* no SGIs and PPIs, none from 1020 on */
		wrong = word == 0 || word >= CONFIG_IRQ_WORDS ? bits :
			word == CONFIG_IRQ_WORDS - 1 ? bits & 0xf0000000 : 0;
		if (wrong)
			return refuse(-EINVAL,
				      "irqchip %u: interrupt %u is not in 32..1019",
				      n, 32 * word +
				      (unsigned int)__builtin_ctz(wrong));
		twice = seen[word] & bits;
		if (twice)
			return refuse(-EINVAL,
				      "irqchip %u: interrupt %u is in two irqchips",
				      n, 32 * word +
				      (unsigned int)__builtin_ctz(twice));
		seen[word] |= bits;
	}
	return 0;
}

static int check_irqchips(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_irqchip *chip = config_irqchips(desc);
	u32 seen[CONFIG_IRQ_WORDS] = { 0 };
	unsigned int n;
	int err = 0;

	for (n = 0; n < desc->num_irqchips && !err; n++)
		err = check_irqchip(&chip[n], n, seen);
	return err;
}

/* What a guest maps of a link: nothing but memory, to be had by several cells. */
#define SECTION_FLAGS	(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | \
			 JAILHOUSE_MEM_EXECUTE | JAILHOUSE_MEM_DMA | \
			 JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_NO_HUGEPAGES)

/* @n: of the region @mem, @first: of the state table */
static int check_section(const struct jailhouse_memory *mem, unsigned int n,
			 unsigned int first,
			 const struct jailhouse_pci_device *dev)
{
	u64 flags = mem[n].flags;

	if (n > first && config_mem_empty(&mem[n]))
		return 0;
	if (config_mem_empty(&mem[n]) || !(flags & JAILHOUSE_MEM_READ) ||
	    (flags & ~(u64)SECTION_FLAGS) || JAILHOUSE_MEMORY_IS_SUBPAGE(&mem[n]))
		return refuse(-EINVAL,
			      "memory region %u: a section of an IVSHMEM link is whole pages of readable memory, no device's and not loadable",
			      n);
	if ((flags & JAILHOUSE_MEM_WRITE) && n == first)
		return refuse(-EINVAL,
			      "memory region %u: the state table of a link cannot be writable",
			      n);
	if ((flags & JAILHOUSE_MEM_WRITE) && n > first + 1 &&
	    n - first - 2 != dev->shmem_dev_id)
		return refuse(-EINVAL,
			      "memory region %u: the output section of peer %u cannot be writable for peer %u",
			      n, n - first - 2, dev->shmem_dev_id);
	return 0;
}

/*
 * The guest is told a base address and sizes: the sections come one after
 * the other. No other region leads to them.
 */
static int check_sections(const struct jailhouse_cell_desc *desc,
			  const struct jailhouse_pci_device *dev)
{
	const struct jailhouse_memory *mem = config_mem_regions(desc);
	unsigned int first = dev->shmem_regions_start;
	u64 virt = mem[first].virt_start, phys = mem[first].phys_start;
	unsigned int n, m;
	int err;

	for (n = first; n < first + config_link_regions(dev); n++) {
		err = check_section(mem, n, first, dev);
		if (err)
			return err;
		if (n > first + 2 && mem[n].size != mem[first + 2].size)
			return refuse(-EINVAL,
				      "memory regions %u and %u: output sections of 0x%llx and 0x%llx bytes, all peers' have one size",
				      first + 2, n, mem[first + 2].size,
				      mem[n].size);
		if (config_mem_empty(&mem[n]))
			continue;
		if (mem[n].virt_start != virt || mem[n].phys_start != phys)
			return refuse(-EINVAL,
				      "memory region %u: sections of a link follow each other: this one at 0x%llx, physical 0x%llx",
				      n, virt, phys);
		virt += mem[n].size;
		phys += mem[n].size;
		for (m = 0; m < desc->num_memory_regions; m++)
			if (m != n && config_mem_overlap(&mem[m], &mem[n]) &&
			    !(mem[m].flags & CONFIG_MEM_MADE))
				return refuse(-EINVAL,
					      "memory regions %u and %u overlap in physical memory",
					      n, m);
	}
	return 0;
}

static bool bad_bar(u32 mask)
{
	/* a power of two from a page on */
	return (mask & PAGE_OFFS_MASK) || (mask & -mask) != -mask;
}

static int check_bars(const struct jailhouse_pci_device *dev, unsigned int n)
{
	if (!dev->bar_mask[0] || bad_bar(dev->bar_mask[0]) ||
	    bad_bar(dev->bar_mask[1]))
		return refuse(-EINVAL,
			      "PCI device %u: bar_mask is not that of an IVSHMEM device: use JAILHOUSE_IVSHMEM_BAR_MASK_INTX or _MSIX",
			      n);
	if (dev->num_msix_vectors > CONFIG_MSIX_VECTORS ||
	    (dev->num_msix_vectors && !dev->bar_mask[1]))
		return refuse(-EINVAL,
			      "PCI device %u: %u MSI-X vectors: at most %u, with JAILHOUSE_IVSHMEM_BAR_MASK_MSIX",
			      n, dev->num_msix_vectors, CONFIG_MSIX_VECTORS);
	return 0;
}

static int check_ivshmem(const struct jailhouse_cell_desc *desc,
			 const struct jailhouse_pci_device *dev, unsigned int n)
{
	u64 regions = config_link_regions(dev);
	int err;

	if (dev->shmem_peers < IVSHMEM_MIN_PEERS ||
	    dev->shmem_peers > IVSHMEM_MAX_PEERS ||
	    dev->shmem_dev_id >= dev->shmem_peers)
		return refuse(-EINVAL,
			      "PCI device %u: peer %u of a link of %u, which has 2 to 12 peers",
			      n, dev->shmem_dev_id, dev->shmem_peers);
	if (!config_has_sections(desc, dev))
		return refuse(-EINVAL,
			      "PCI device %u: needs memory regions %u..%llu of %u",
			      n, dev->shmem_regions_start,
			      dev->shmem_regions_start + regions - 1,
			      desc->num_memory_regions);
	err = check_sections(desc, dev);
	return err ? err : check_bars(dev, n);
}

static int check_pci(const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_pci_device *dev = config_pci_devices(desc);
	unsigned int n, m;
	int err = 0;

	for (n = 0; n < desc->num_pci_devices && !err; n++) {
		if (dev[n].type < JAILHOUSE_PCI_TYPE_DEVICE ||
		    dev[n].type > JAILHOUSE_PCI_TYPE_IVSHMEM)
			return refuse(-EINVAL, "PCI device %u: unknown type %u",
				      n, dev[n].type);
		if ((u32)dev[n].caps_start + dev[n].num_caps >
		    desc->num_pci_caps)
			return refuse(-EINVAL,
				      "PCI device %u: needs %u capabilities from %u on of %u",
				      n, dev[n].num_caps, dev[n].caps_start,
				      desc->num_pci_caps);
		for (m = 0; m < n; m++)
			if (dev[m].bdf == dev[n].bdf &&
			    (dev[m].domain == dev[n].domain ||
			     (config_is_link(&dev[m]) &&
			      config_is_link(&dev[n]))))
				return refuse(-EINVAL,
					      "PCI devices %u and %u have the same address",
					      m, n);
		if (config_is_link(&dev[n]))
			err = check_ivshmem(desc, &dev[n], n);
	}
	return err;
}

static int check_flags(u32 flags, u32 known)
{
	if (flags & JAILHOUSE_CELL_AARCH32 & ~known)
		return refuse(-EINVAL, "32-bit cells are not supported");
	if (flags & ~known)
		return refuse(-EINVAL, "unknown cell flags 0x%x",
			      flags & ~known);
	return 0;
}

/* What root's and the other cells' descriptors have in common. */
static int check_desc(const struct jailhouse_cell_desc *desc, size_t size, u32 flags)
{
	int err = check_size(desc, size);

	if (!err)
		err = check_name(desc->name);
	if (!err)
		err = check_flags(desc->flags, flags);
	if (!err)
		err = check_cpus(desc);
	if (!err)
		err = config_check_sharing(desc);
	if (!err)
		err = check_memory(desc);
	if (!err)
		err = check_irqchips(desc);
	if (!err)
		err = check_pci(desc);
	return err;
}

int config_check_cell(const struct jailhouse_cell_desc *desc, size_t size)
{
	int err = check_whole(size, sizeof(*desc));

	if (!err)
		err = check_header(desc->signature,
				   JAILHOUSE_CELL_DESC_SIGNATURE,
				   desc->architecture, desc->revision);
	return err ? err : check_desc(desc, size, CELL_FLAGS | JAILHOUSE_CELL_SHARES_CPUS);
}

static int check_hypervisor_memory(const struct jailhouse_system *sys)
{
	const struct jailhouse_memory *hv = &sys->hypervisor_memory;
	const struct jailhouse_memory *mem =
		config_mem_regions(&sys->root_cell);
	unsigned int n;

	if (!hv->size || ((hv->phys_start | hv->size) & PAGE_OFFS_MASK) ||
	    hv->size > CELLBLOCK_MEMORY_END ||
	    hv->phys_start > CELLBLOCK_MEMORY_END - hv->size)
		return refuse(-EINVAL,
			      "the hypervisor's memory is empty, not page-aligned, or beyond 0x7f80000000");
	for (n = 0; n < sys->root_cell.num_memory_regions; n++) {
		if (mem[n].flags & CONFIG_MEM_MADE)
			return refuse(-EINVAL,
				      "memory region %u: the root cell has no communication region or window",
				      n);
		if (config_mem_overlap(&mem[n], hv))
			return refuse(-EINVAL,
				      "memory region %u overlaps the hypervisor's memory",
				      n);
	}
	return 0;
}

static bool bad_gic_base(u64 base, u64 frame)
{
	return !base || base % frame || ends_beyond(base, frame);
}

static int check_gic_bases(u64 gicd, const char *name, u64 other, u64 frame)
{
	if (!bad_gic_base(gicd, frame) && !bad_gic_base(other, frame))
		return 0;
	return refuse(-EINVAL,
		      "GIC's bases (GICD 0x%llx, %s 0x%llx) are not addresses of %llu KiB frames",
		      gicd, name, other, frame / 1024);
}

static int check_gic(const struct jailhouse_system *sys)
{
	const struct jailhouse_irqchip *chip = config_irqchips(&sys->root_cell);
	u64 gicd = sys->platform_info.arm.gicd_base;
	unsigned int n;
	int err;

	if (config_is_gicv2(sys))
		err = check_gic_bases(gicd, "GICC", sys->platform_info.arm.gicc_base,
				      CONFIG_GICV2_FRAME);
	else if (sys->platform_info.arm.gic_version == 3)
		err = check_gic_bases(gicd, "GICR", sys->platform_info.arm.gicr_base,
				      CONFIG_GIC_FRAME);
	else
		err = refuse(-EINVAL, "GICv%u is not supported, only GICv2 and GICv3 are",
			     sys->platform_info.arm.gic_version);
	if (err)
		return err;
	for (n = 0; n < sys->root_cell.num_irqchips; n++)
		if (chip[n].address != gicd)
			return refuse(-EINVAL,
				      "irqchip %u: address is not that of the GIC (0x%llx)",
				      n, gicd);
	return 0;
}

static int check_console(const struct jailhouse_console *con)
{
	/* nobody touches what there is no back end for */
	if (!uart_is_supported(con->type))
		return 0;
	if (!CON_IS_MMIO(con->flags) || !con->size ||
	    ends_beyond(con->address, con->size))
		return refuse(-EINVAL,
			      "the debug console: no MMIO access, or bad address or size");
	return 0;
}

int config_check_system(const struct jailhouse_system *sys, size_t size)
{
	size_t before = offsetof(struct jailhouse_system, root_cell);
	int err = check_whole(size, sizeof(*sys));

	if (!err)
		err = check_header(sys->signature, JAILHOUSE_SYSTEM_SIGNATURE,
				   sys->architecture, sys->revision);
	if (!err)
		err = check_desc(&sys->root_cell, size - before, CELL_FLAGS);
	if (!err)
		err = check_hypervisor_memory(sys);
	if (!err)
		err = check_gic(sys);
	if (!err)
		err = check_console(&sys->debug_console);
	if (!err)
		err = config_check_pci_host(sys, &sys->root_cell);
	return err;
}
