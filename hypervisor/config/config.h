/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

/*
 * Validator of configurations: the one set of checks for the hypervisor, the
 * host tools and the fuzzer. Nothing here knows the machine's state; what
 * depends on it (who owns what now) is checked by cell.c.
 */

#include <cellblock/config.h>
#include <cellblock/loader.h>
#include <lib/refuse.h>

/* Words of 32 INTIDs that an irqchip can describe: 0..1023 */
#define CONFIG_IRQ_WORDS	32
/* of an IVSHMEM device, at most */
#define CONFIG_MSIX_VECTORS	16

/* GICv3: bytes of the distributor, and of a redistributor's two frames */
#define CONFIG_GIC_FRAME	0x10000ULL
#define CONFIG_GICR_SIZE	0x20000ULL
/* GICv2: bytes of the distributor, and of GICC, GICH and GICV */
#define CONFIG_GICV2_FRAME	0x1000ULL
#define CONFIG_GICC_SIZE	0x2000ULL
/* bytes of a PCI bus's configuration space */
#define CONFIG_ECAM_BUS		0x100000ULL

/*
 * Check @size bytes at @sys / @desc; bytes after the last array are not looked
 * at. 0, or refuse()d with a negative errno: -EINVAL bad content, -E2BIG a CPU
 * number from CELLBLOCK_MAX_CPUS on.
 * Checked: signature, revision, architecture, size against the counts, name
 * (non-empty, terminated, printable), CPU set not empty, or CPUs that are shared
 * (not root's): policy, times, how many slots; memory regions: size
 * (0 only if all else is 0: an unused entry), 48-bit limits, known flags, no
 * overlap of guest-physical ranges nor of physical RAM, at most one
 * communication region, of one page; regions that are not page-aligned: within
 * one page and with an access width; irqchips: INTIDs 32..1019, each once; PCI
 * devices: type, address, indices of capabilities and memory regions; IVSHMEM:
 * 2 to 12 peers, BARs, vectors, sections one after the
 * other, writable for whom they are. For a system also: hypervisor memory
 * page-aligned and apart from root's regions, the GIC's version and bases, irqchips'
 * address, debug console, place of the virtual PCI host.
 */
int config_check_system(const struct jailhouse_system *sys, size_t size);
int config_check_cell(const struct jailhouse_cell_desc *desc, size_t size);

/*
 * Checks a (valid) cell against a (valid) system: CPUs, also shared ones, and
 * interrupts within root's, what it takes to share CPUs (a GICv3 with its
 * maintenance interrupt), interrupts on the system's GIC, nothing of the
 * hypervisor's memory or the GIC, ROOTSHARED regions each in one region of root or
 * outside all of them, nothing in the place of the virtual PCI host (otherwise -EINVAL), and
 * config_check_cells() with root.
 */
int config_check_cell_in_system(const struct jailhouse_system *sys,
				const struct jailhouse_cell_desc *desc);
/*
 * Can the new cell @a exist beside @b, a valid one or root? The one rule of it:
 * -EEXIST for the same name; -EBUSY for a common CPU or interrupt, which root
 * gives away, unless both share the CPU; for memory that not both share with
 * root, or of root, that it shares and @a does not; for links of the same address
 * with the same peer, and of another one with common memory; -EINVAL for ends of
 * one link with other peers, protocol, sizes or place of the memory.
 * Of @a only its size and a terminated name must have been checked.
 */
int config_check_cells(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b, bool b_is_root);

/*
 * Takes out of a whole configuration what is refused otherwise and does no harm, each with
 * a sentence to @tell, which also has whose it is: irqchips that are empty or not the GIC's
 * (unless root would have none), links with a number that no peer has, and what root's
 * regions with the same identity mapping have twice. Of a link whose interrupt is not the
 * cell's it is told only. Not part of the hypervisor.
 */
typedef void config_tell(const struct jailhouse_cell_desc *desc, const char *fmt, ...)
	__printf(2, 3);
void config_adapt_system(struct jailhouse_system *sys, config_tell *tell);
void config_adapt_cell(const struct jailhouse_system *sys, struct jailhouse_cell_desc *desc,
		       config_tell *tell);

/*
 * The section on shared CPUs, if there is one: its limits, with which the hypervisor
 * can count. Part of config_check_cell().
 */
int config_check_sharing(const struct jailhouse_cell_desc *desc);

/*
 * For those who make cells (the hypervisor does not ask): have all cells their turn,
 * and root 1 % of each CPU? Slots are in order and within the frame; @shares are those
 * of CPUs that other cells have at most, to which this one's are added; from 0 on by
 * config_add_shares(). -EINVAL. Of @desc config_check_sharing() must have passed.
 */
int config_check_turns(const struct jailhouse_cell_desc *desc,
		       u32 shares[CELLBLOCK_MAX_CPUS]);
void config_add_shares(const struct jailhouse_cell_desc *desc,
		       u32 shares[CELLBLOCK_MAX_CPUS]);
/* The same of the slots of two cells, -EBUSY. Of @a as config_check_cells() */
int config_check_plans(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b);

/*
 * Is there a place for the virtual PCI host in the cell's address space, and for
 * its IVSHMEM devices in the host? Part of the checks above.
 */
int config_check_pci_host(const struct jailhouse_system *sys,
			  const struct jailhouse_cell_desc *desc);

static inline bool config_is_gicv2(const struct jailhouse_system *sys)
{
	return sys->platform_info.arm.gic_version == 2;
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

/*
 * Bytes of a link whose regions are at @mem: one after the other, without a
 * gap.
 */
static inline u64 config_link_size(const struct jailhouse_memory *mem,
				   const struct jailhouse_pci_device *dev)
{
	return mem[0].size + mem[1].size + dev->shmem_peers * mem[2].size;
}

#endif /* CONFIG_CONFIG_H */
