// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What two cells of one system cannot both have. Also part of the driver, which
 * asks before it takes anything from Linux; there nobody has checked the new
 * configuration yet.
 */

#include <cellblock/loader.h>
#include <config/config.h>
#include <lib/errno.h>
#include <lib/refuse.h>
#include <lib/string.h>

static int check_cpus(const struct jailhouse_cell_desc *a,
		      const struct jailhouse_cell_desc *b)
{
	u64 own = config_cpu_bits(a), b_own = config_cpu_bits(b);
	u64 both = (own | config_shared_cpus(a)) & b_own;

	if (both)
		return refuse(-EBUSY, "CPU %d belongs to cell \"%s\"",
			      __builtin_ctzll(both), b->name);
	both = own & config_shared_cpus(b);
	return both ? refuse(-EBUSY, "CPU %d is shared with cell \"%s\"",
			     __builtin_ctzll(both), b->name) : 0;
}

static int check_irqs(const struct jailhouse_cell_desc *a,
		      const struct jailhouse_cell_desc *b)
{
	unsigned int word;
	u32 bits;

	for (word = 0; word < CONFIG_IRQ_WORDS; word++) {
		bits = config_irq_word(a, word) & config_irq_word(b, word);
		if (bits)
			return refuse(-EBUSY,
				      "interrupt %u belongs to cell \"%s\"",
				      32 * word + (unsigned int)__builtin_ctz(bits),
				      b->name);
	}
	return 0;
}

static bool is_shared(const struct jailhouse_memory *mem)
{
	return mem->flags & JAILHOUSE_MEM_ROOTSHARED;
}

/* Root keeps memory that it shares; the rest, and devices, it gives away. */
static bool root_keeps(const struct jailhouse_cell_desc *root,
		       const struct jailhouse_memory *mem)
{
	return !(mem->flags & JAILHOUSE_MEM_IO) &&
	       (is_shared(mem) || config_is_section(root, mem));
}

/*
 * The region of @b_desc that forbids @a, NULL if none does. What two cells have
 * both share with root: they know of it.
 */
static const struct jailhouse_memory *
find_other(const struct jailhouse_memory *a,
	   const struct jailhouse_cell_desc *b_desc, bool b_is_root)
{
	const struct jailhouse_memory *b;

	/* these have memory of the hypervisor's, or none */
	if ((a->flags & CONFIG_MEM_MADE) ||
	    (is_shared(a) && b_is_root))
		return NULL;
	for_each_mem(b, b_desc)
		if (config_mem_overlap(a, b) &&
		    !(b->flags & CONFIG_MEM_MADE) &&
		    (b_is_root ? root_keeps(b_desc, b) :
				 !(is_shared(a) && is_shared(b))))
			return b;
	return NULL;
}

static int check_memory(const struct jailhouse_cell_desc *a_desc,
			const struct jailhouse_cell_desc *b_desc, bool b_is_root)
{
	const struct jailhouse_memory *a, *b;

	for_each_mem(a, a_desc) {
		b = find_other(a, b_desc, b_is_root);
		if (b)
			return refuse(-EBUSY,
				      "memory region %u overlaps region %u of cell \"%s\": physical 0x%llx, 0x%llx bytes",
				      (u32)(a - config_mem_regions(a_desc)),
				      (u32)(b - config_mem_regions(b_desc)),
				      b_desc->name, a->phys_start, a->size);
	}
	return 0;
}

/* The front-end and the back-end of a virtio device are a pair. */
static bool same_protocol(u16 a, u16 b)
{
	return a == b || ((a & b & JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT) &&
			  (a ^ b) == (JAILHOUSE_SHMEM_PROTO_VIRTIO_FRONT ^
				      JAILHOUSE_SHMEM_PROTO_VIRTIO_BACK));
}

/* All that tells the peers of a link where and what it is. */
static bool same_link(const struct jailhouse_memory *a_mem,
		      const struct jailhouse_pci_device *a,
		      const struct jailhouse_memory *b_mem,
		      const struct jailhouse_pci_device *b)
{
	return a->shmem_peers == b->shmem_peers &&
	       same_protocol(a->shmem_protocol, b->shmem_protocol) &&
	       a_mem[0].phys_start == b_mem[0].phys_start &&
	       a_mem[0].size == b_mem[0].size &&
	       a_mem[1].size == b_mem[1].size && a_mem[2].size == b_mem[2].size;
}

static int check_link(const struct jailhouse_cell_desc *a_desc,
		      const struct jailhouse_pci_device *a,
		      const struct jailhouse_cell_desc *b_desc,
		      const struct jailhouse_pci_device *b)
{
	const struct jailhouse_memory *a_mem =
		config_mem_regions(a_desc) + a->shmem_regions_start;
	const struct jailhouse_memory *b_mem =
		config_mem_regions(b_desc) + b->shmem_regions_start;

	if (a->bdf != b->bdf) {
		if (!config_overlap(a_mem->phys_start, config_link_size(a_mem, a),
				    b_mem->phys_start, config_link_size(b_mem, b)))
			return 0;
		return refuse(-EBUSY, "IVSHMEM device %02x:%02x.%u: cell \"%s\" has another link in its memory",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7, b_desc->name);
	}
	if (!same_link(a_mem, a, b_mem, b))
		return refuse(-EBUSY, "IVSHMEM device %02x:%02x.%u: cell \"%s\" has it with other peers, protocol or sections",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7, b_desc->name);
	if (a->shmem_dev_id == b->shmem_dev_id)
		return refuse(-EBUSY, "IVSHMEM device %02x:%02x.%u: cell \"%s\" has it as the same peer",
			      a->bdf >> 8, a->bdf >> 3 & 31, a->bdf & 7, b_desc->name);
	return 0;
}

static int check_links(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b)
{
	const struct jailhouse_pci_device *ours, *theirs;
	int err = 0;

	for_each_link(ours, a)
		for_each_link(theirs, b)
			if (!err && config_has_sections(a, ours))
				err = check_link(a, ours, b, theirs);
	return err;
}

int config_check_cells(const struct jailhouse_cell_desc *a,
		       const struct jailhouse_cell_desc *b, bool b_is_root)
{
	int err = 0;

	if (!strcmp(a->name, b->name))
		return refuse(-EEXIST, "a cell named \"%s\" exists already",
			      b->name);
	if (!b_is_root) {
		err = check_cpus(a, b);
		if (!err)
			err = check_irqs(a, b);
	}
	if (!err)
		err = check_memory(a, b, b_is_root);
	return err ? err : check_links(a, b);
}
