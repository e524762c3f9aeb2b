/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/cell_link.h"
#include "hardware/interrupts.h"
#include "message.h"

#define SECTION		(JAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED)
#define DEVICES		32	/* of the virtual PCI host's bus 0 */
#define PINS		4U
/* Linux gives whole pages of its own, which may have 64 KiB. */
#define TABLE		0x10000ULL
#define NET_OUTPUT	0x70000ULL
#define SHMEM_OUTPUT	0x10000ULL

/* A link as all its peers have it; phys 0: its memory is still to be found. */
struct layout {
	u16 bdf, domain, protocol;
	u8 peers, self;
	u64 phys, table, common, output;
};

static bool is_net(const struct jailhouse_pci_device *dev)
{
	return dev->shmem_protocol == JAILHOUSE_SHMEM_PROTO_VETH;
}

/* Ends of the link that somebody has, bit n for peer n. */
static u32 peers_of(const struct running *running, u16 bdf)
{
	const struct jailhouse_pci_device *dev;
	unsigned int n;
	u32 set = 0;

	for (n = 0; n < running->count; n++)
		for_each_link(dev, running->cell[n])
			if (dev->bdf == bdf)
				set |= 1U << dev->shmem_dev_id;
	return set;
}

static bool has_link(const struct cell_plan *plan, u16 bdf)
{
	unsigned int n;

	for (n = 0; n < plan->num_links; n++)
		if (plan->link[n].bdf == bdf)
			return true;
	return false;
}

/* FNV-1a */
static u64 hash_of(const char *name)
{
	u64 hash = 0xcbf29ce484222325ULL;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 0x100000001b3ULL;
	return hash;
}

/* Was the link made for another pair? */
static bool is_for_others(const struct jailhouse_pci_device *dev, const char *name)
{
	return dev->msix_address && dev->msix_address != hash_of(name);
}

/* A free end of what @peer has. */
static bool find_free_end(struct layout *layout, const struct cell_plan *plan,
			  const struct running *running, const struct jailhouse_cell_desc *peer,
			  const struct one_cell_link *link)
{
	const struct jailhouse_pci_device *dev;
	const struct jailhouse_memory *mem;
	u32 taken;

	for_each_link(dev, peer) {
		taken = peers_of(running, dev->bdf);
		mem = config_mem_regions(peer) + dev->shmem_regions_start;
		if (is_net(dev) != link->is_net || has_link(plan, dev->bdf) ||
		    taken + 1 == 1U << dev->shmem_peers || is_for_others(dev, plan->desc.name) ||
		    (link->size && link->size != mem[2].size))
			continue;
		layout->bdf = dev->bdf;
		layout->domain = dev->domain;
		layout->protocol = dev->shmem_protocol;
		layout->peers = dev->shmem_peers;
		layout->self = (u8)__builtin_ctz(~taken);
		layout->phys = mem[0].phys_start;
		layout->table = mem[0].size;
		layout->common = mem[1].size;
		layout->output = mem[2].size;
		return true;
	}
	return false;
}

static int make_new(struct layout *layout, const struct cell_plan *plan,
		    const struct running *running, const struct one_cell_link *link)
{
	u16 device = 0;

	while (device < DEVICES && (peers_of(running, (u16)(device << 3)) ||
				    has_link(plan, (u16)(device << 3))))
		device++;
	if (device == DEVICES)
		return refused("all %d devices of the virtual PCI host are in use", DEVICES);
	layout->bdf = (u16)(device << 3);
	layout->domain = plan->pci_domain;
	layout->protocol = link->is_net ? JAILHOUSE_SHMEM_PROTO_VETH :
					  JAILHOUSE_SHMEM_PROTO_CUSTOM;
	layout->peers = 2;
	layout->table = TABLE;
	layout->output = link->size ? link->size : link->is_net ? NET_OUTPUT : SHMEM_OUTPUT;
	/* or its name is mistyped */
	notice("there is no cell \"%s\" yet: the link is a new one, which it can join",
	       link->peer);
	return EXIT_DONE;
}

static int choose(struct layout *layout, const struct cell_plan *plan,
		  const struct running *running, const struct one_cell_link *link)
{
	const struct jailhouse_cell_desc *peer = running_find(running, link->peer);

	if (!peer)
		return make_new(layout, plan, running, link);
	if (find_free_end(layout, plan, running, peer, link))
		return EXIT_DONE;
	if (peer == running->cell[0])
		return refused("root has no link of that kind and size with a free end: its "
			       "configuration has to have one when the hypervisor is enabled");
	return refused("cell \"%s\" has no link of that kind and size with a free end for \"%s\": "
		       "it has to be created with %s %s", link->peer, plan->desc.name,
		       link->is_net ? "--net" : "--shmem", plan->desc.name);
}

/* One section after the other */
static int add_section(struct cell_plan *plan, struct layout *layout, u64 *virt, u64 size,
		       u64 flags, const char *why)
{
	u64 phys = layout->phys;
	int ret;

	if (!size)
		return cell_plan_add_empty(plan, why);
	if (layout->phys)
		layout->phys += size;
	ret = cell_plan_add_region(plan, phys, *virt, size, flags, why);
	if (!ret && !phys)
		cell_plan_place_last(plan);
	*virt += size;
	return ret;
}

static int add_sections(struct cell_plan *plan, struct layout *layout, const char *peer)
{
	u64 virt = plan->link_end;
	char why[80];
	unsigned int n;
	int ret;

	snprintf(why, sizeof(why), "link with %s: state table", peer);
	ret = add_section(plan, layout, &virt, layout->table, SECTION, why);
	snprintf(why, sizeof(why), "link with %s: what all may write", peer);
	if (!ret)
		ret = add_section(plan, layout, &virt, layout->common,
				  SECTION | JAILHOUSE_MEM_WRITE, why);
	for (n = 0; n < layout->peers && !ret; n++) {
		snprintf(why, sizeof(why), "link with %s: output of peer %u", peer, n);
		ret = add_section(plan, layout, &virt, layout->output,
				  SECTION | (n == layout->self ? JAILHOUSE_MEM_WRITE : 0), why);
	}
	plan->link_end = virt;
	return ret;
}

int cell_link_add(struct cell_plan *plan, const struct running *running,
		  const struct one_cell_link *link)
{
	struct layout layout = { .phys = 0 };
	u32 first = plan->num_regions;
	int ret;

	ret = choose(&layout, plan, running, link);
	if (!ret)
		ret = add_sections(plan, &layout, link->peer);
	if (ret)
		return ret;
	plan->link[plan->num_links++] = (struct jailhouse_pci_device){
		.type = JAILHOUSE_PCI_TYPE_IVSHMEM,
		.domain = layout.domain,
		.bdf = layout.bdf,
		.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
		.msix_address = layout.peers == 2 ? hash_of(link->peer) : 0,
		.shmem_regions_start = first,
		.shmem_dev_id = layout.self,
		.shmem_peers = layout.peers,
		.shmem_protocol = layout.protocol,
	};
	return EXIT_DONE;
}

static bool is_free(const struct cell_plan *plan, const struct running *running, u32 intid)
{
	const struct hardware *hw = plan->hardware;
	char who[128];

	return !running_keeps_irq(running, intid) && !cell_plan_has_irq(plan, intid) &&
	       !(hw->interrupts && interrupts_used(hw->interrupts, intid, who, sizeof(who))) &&
	       !interrupts_device(hw, intid, who, sizeof(who));
}

/* The first of four from @first on that nobody has; 0: there are none. */
static u32 find_pins(const struct cell_plan *plan, const struct running *running, u32 first)
{
	u32 count = 0, intid;

	for (intid = first; intid <= LAST_SPI && count < PINS; intid++)
		count = is_free(plan, running, intid) ? count + 1 : 0;
	return count == PINS ? intid - PINS : 0;
}

/* Those of devices that the tree does not tell of are among the lower ones. */
int cell_link_finish(struct cell_plan *plan, const struct running *running)
{
	u32 first, n;

	if (!plan->num_links)
		return EXIT_DONE;
	first = find_pins(plan, running, interrupts_highest(plan->hardware) + 1);
	if (!first)
		first = find_pins(plan, running, FIRST_SPI);
	if (!first)
		return refused("no %u interrupts that follow each other are free, for the links",
			       PINS);
	plan->desc.vpci_irq_base = first - FIRST_SPI;
	for (n = 0; n < PINS; n++)
		plan->irqs[(first + n) / 32] |= 1U << (first + n) % 32;
	return EXIT_DONE;
}
