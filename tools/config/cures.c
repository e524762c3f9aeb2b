/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stddef.h>
#include <string.h>

#include <jailhouse/types.h>

#include "config/cures.h"

/* By a part of the sentence; the first that is in it counts. */
static const struct {
	const char *words, *cure;
} cures[] = {
	{ "no signature JHSYS", "name the system's configuration first, its cells' after it" },
	{ "no signature JHCLL", "begin with .signature = JAILHOUSE_CELL_DESC_SIGNATURE" },
	{ "for architecture", "set .architecture = JAILHOUSE_ARM64" },
	{ "revision", "compile it again with the headers of this release" },
	{ "is truncated", "the arrays must follow the descriptor in the same object, each with "
			  "as many elements as its count says" },
	{ "counts need more", "let the counts be those of the arrays: ARRAY_SIZE(config.mem_regions)" },
	{ "the cell's name", "give it 1 to 31 printable characters" },
	{ "a cell named", "give it another name" },
	{ "32-bit cells", "run 64-bit programs: take out JAILHOUSE_CELL_AARCH32" },
	{ "unknown cell flags", "take out what is not one of JAILHOUSE_CELL_..." },
	{ "unknown flags", "take out what is not one of JAILHOUSE_MEM_..." },
	{ "the CPU set is empty", "name a CPU: .cpus = { 1 << 1 }" },
	{ "in the CPU set too", "take it out of one of them" },
	{ "unknown policy", "write CELLBLOCK_SHARE_PRIORITY or CELLBLOCK_SHARE_CYCLIC, up to 1000 into defer and 0 into reserved" },
	{ "the period is not", "give it 100 us to 10 s" },
	{ "a cyclic plan has", "let num_slots be that of its slots, without a plan 0" },
	{ "the budget is not", "give it less than the period" },
	{ "shared CPUs: slot", "write the slots in their order, from the begin of the frame on" },
	{ "root must keep", "shorten a budget, or slots" },
	{ "need a GICv3", "give the cell CPUs of its own: on a GICv2 none can be shared" },
	{ "need maintenance_irq", "set platform_info.arm.maintenance_irq, mostly 25" },
	{ "is shared with cell", "let both share it, or give it to one of them only" },
	{ "the frame has", "give both frames one period" },
	{ "overlaps slot", "move one of the slots" },
	{ "is one too many", "name CPUs below 64 only" },
	{ "beyond 48-bit", "correct phys_start, virt_start or size" },
	{ "no access width", "align start and size to 0x1000, or add JAILHOUSE_MEM_IO_32" },
	{ "communication region is not", "give it the size 0x1000 and an aligned virt_start" },
	{ "are both the communication", "keep one of them" },
	{ "root cell has no communication", "take out JAILHOUSE_MEM_COMM_REGION or JAILHOUSE_MEM_REMOTE" },
	{ "a window (JAILHOUSE_MEM_REMOTE) is", "begin and end at 0x1000, at the same phys_start and virt_start, with "
						"JAILHOUSE_MEM_READ or _WRITE and no other flag" },
	{ "overlap in the cell's address space", "give one of them another virt_start" },
	{ "overlap in physical memory", "give one of them another phys_start, or make it shorter" },
	{ "overlaps the hypervisor's memory", "move it, or hypervisor_memory" },
	{ "the hypervisor's memory is", "give it whole pages of RAM: 4 MiB are plenty" },
	{ "overlaps the GIC", "take it out: the hypervisor answers there" },
	{ "overlaps the virtual PCI host", "give the region another virt_start, or the system another "
					   "pci_mmconfig_base" },
	{ "pci_mmconfig_base", "choose a multiple of 0x100000 where nothing else is" },
	{ "partly in the root cell's", "let it begin and end in one region of the root cell" },
	{ "of cell \"", "choose other addresses, or share: JAILHOUSE_MEM_ROOTSHARED in all that have "
			"the memory" },
	{ "size is 0", "give it a size, or make all of the entry 0" },
	{ "which no irqchip of the cell has", "add the INTID 32 + vpci_irq_base + n to an irqchip" },
	{ "must have JAILHOUSE_MEM_ROOTSHARED", "add the flag" },
	{ "has no virtual PCI host", "set pci_is_virtual and pci_mmconfig_base in the system's" },
	{ "the debug console", "choose another UART, or JAILHOUSE_CON_TYPE_NONE" },
	{ "are not addresses of", "take GICD, GICC and GICR from the device tree" },
	{ "is not supported, only GIC", "set gic_version to 2 or 3" },
	{ "is not in 32..1019", "SGIs and PPIs belong to each CPU: take it out" },
	{ "is not a multiple of 32", "let pin_base be 32, 160, 288 and so on" },
	{ "is in two irqchips", "take it out of one of them" },
	{ "address is not that of the GIC", "write the system's gicd_base there" },
	{ "is not in the system configuration", "add it to the system's, or take another" },
	{ "CPU ", "give it to one of them only" },
	{ "interrupt ", "give it to one of them only" },
	{ "unknown type", "write JAILHOUSE_PCI_TYPE_IVSHMEM" },
	{ "capabilities from", "let caps_start and num_caps be within the array, or 0" },
	{ "a link of", "let shmem_peers be 2 to 12, and shmem_dev_id less" },
	{ "needs memory regions", "a link has a region for its state table, one for all, and one for "
				  "each peer: JAILHOUSE_SHMEM_NET_REGIONS" },
	{ "bar_mask", "copy one of these" },
	{ "MSI-X vectors", "set .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_MSIX, and 1 to 16 vectors" },
	{ "section of an IVSHMEM", "give it JAILHOUSE_MEM_READ, for its writer JAILHOUSE_MEM_WRITE, and "
				   "JAILHOUSE_MEM_ROOTSHARED" },
	{ "cannot be writable", "take out JAILHOUSE_MEM_WRITE, or correct shmem_dev_id" },
	{ "output sections of", "give them one size" },
	{ "sections of a link follow", "correct phys_start and virt_start" },
	{ "as the same peer", "give each peer a shmem_dev_id of its own" },
	{ "another link in its memory", "give one of the links other addresses" },
	{ "with other peers", "let shmem_peers, shmem_protocol (but for bit 14 of virtio's) and the "
			      "sections be equal" },
	{ "is at 0x", "write the system's gicd_base there, or take the irqchip out" },
	{ "is empty: skipped", "give it interrupts, or take it out" },
	{ "left out", "let shmem_dev_id be less than shmem_peers" },
	{ "taken as one", "take one out, or make it shorter" },
	{ "have the same address", "give one of them another bdf" },
};

const char *cure_of(const char *sentence)
{
	size_t n;

	for (n = 0; n < ARRAY_SIZE(cures); n++)
		if (strstr(sentence, cures[n].words))
			return cures[n].cure;
	return NULL;
}
