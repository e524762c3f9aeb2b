/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <cellblock/config.h>

#include "config/cell_link.h"
#include "config/plan_links.h"
#include "hardware/interrupts.h"
#include "message.h"

#define DEVICES		32	/* of the virtual PCI host's bus 0 */

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
	layout->table = LINK_TABLE;
	layout->output = link->size ? link->size :
			 link->is_net ? LINK_NET_OUTPUT : LINK_SHMEM_OUTPUT;
	/* or its name is mistyped */
	notice("there is no cell \"%s\" yet: the link is a new one, which it can join",
	       link->peer);
	return EXIT_DONE;
}

/* Whatever its name is */
static bool is_root(const char *peer)
{
	return !strcmp(peer, "root");
}

static const struct jailhouse_cell_desc *find_peer(const struct running *running, const char *peer)
{
	return is_root(peer) && running->count ? running->cell[0] : running_find(running, peer);
}

static int choose(struct layout *layout, const struct cell_plan *plan,
		  const struct running *running, const struct one_cell_link *link)
{
	const struct jailhouse_cell_desc *peer = find_peer(running, link->peer);

	if (!peer && is_root(link->peer))
		return refused("links with root are those of its configuration, which is not known "
			       "here: enable the hypervisor first");
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
	ret = add_section(plan, layout, &virt, layout->table, LINK_SECTION, why);
	snprintf(why, sizeof(why), "link with %s: what all may write", peer);
	if (!ret)
		ret = add_section(plan, layout, &virt, layout->common,
				  LINK_SECTION | JAILHOUSE_MEM_WRITE, why);
	for (n = 0; n < layout->peers && !ret; n++) {
		snprintf(why, sizeof(why), "link with %s: output of peer %u", peer, n);
		ret = add_section(plan, layout, &virt, layout->output, n == layout->self ?
				  LINK_SECTION | JAILHOUSE_MEM_WRITE : LINK_SECTION, why);
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

static void take_pins(u32 set[INTERRUPTS_WORDS], u32 first)
{
	u32 intid;

	for (intid = first; intid < first + LINK_PINS; intid++)
		set[intid / 32] |= 1U << intid % 32;
}

int cell_link_finish(struct cell_plan *plan, const struct running *running)
{
	u32 taken[INTERRUPTS_WORDS] = { 0 }, intid, first;

	if (!plan->num_links)
		return EXIT_DONE;
	for (intid = FIRST_SPI; intid <= LAST_SPI; intid++)
		if (running_keeps_irq(running, intid) || cell_plan_has_irq(plan, intid))
			taken[intid / 32] |= 1U << intid % 32;
	/* of the root that is made for this machine */
	first = running->count ? 0 : plan_links_irq(plan->hardware);
	if (first)
		take_pins(taken, first);
	first = interrupts_find(plan->hardware, LINK_PINS, taken);
	if (!first)
		return refused("no %u interrupts that follow each other are free, for the links",
			       LINK_PINS);
	plan->desc.vpci_irq_base = first - FIRST_SPI;
	take_pins(plan->irqs, first);
	return EXIT_DONE;
}
