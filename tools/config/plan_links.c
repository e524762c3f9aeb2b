/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>

#include <cellblock/config.h>

#include "config/plan_links.h"
#include "hardware/interrupts.h"

#define SIZE		0x200000ULL
#define SECTIONS	4U	/* of a link of two; the second is empty */
/* From the last device on; those between cells are from the first on. */
#define DEVICE(n)	(31 - (n))

static const struct {
	u64 output;
	u16 protocol;
} links[] = {
	{ LINK_SHMEM_OUTPUT, JAILHOUSE_SHMEM_PROTO_CUSTOM },
	{ LINK_SHMEM_OUTPUT, JAILHOUSE_SHMEM_PROTO_CUSTOM },
	{ LINK_SHMEM_OUTPUT, JAILHOUSE_SHMEM_PROTO_CUSTOM },
	{ LINK_SHMEM_OUTPUT, JAILHOUSE_SHMEM_PROTO_CUSTOM },
	{ LINK_NET_OUTPUT, JAILHOUSE_SHMEM_PROTO_VETH },
};

_Static_assert(4 * (LINK_TABLE + 2 * LINK_SHMEM_OUTPUT) + LINK_TABLE + 2 * LINK_NET_OUTPUT <= SIZE,
	       "room for the links");

u64 plan_links_size(void)
{
	return SIZE;
}

u32 plan_links_irq(const struct hardware *hardware)
{
	static const u32 taken[INTERRUPTS_WORDS];

	return interrupts_find(hardware, LINK_PINS, taken);
}

void plan_links_place(struct plan *plan, u64 start)
{
	plan->link_irq = plan_links_irq(plan->hardware);
	if (!plan->link_irq || !plan->pci.size)
		return;
	plan->links.start = start;
	plan->links.size = SIZE;
}

u32 plan_links_devices(const struct plan *plan)
{
	return plan->links.size ? ARRAY_SIZE(links) : 0;
}

u32 plan_links_regions(const struct plan *plan)
{
	return SECTIONS * plan_links_devices(plan);
}

static void fill_section(struct jailhouse_memory *mem, u64 *at, u64 size, u64 access)
{
	mem->phys_start = mem->virt_start = *at;
	mem->size = size;
	mem->flags = LINK_SECTION | access;
	*at += size;
}

void plan_links_fill_regions(const struct plan *plan, struct jailhouse_memory *mem)
{
	u64 at = plan->links.start;
	u32 n;

	for (n = 0; n < plan_links_devices(plan); n++, mem += SECTIONS) {
		fill_section(&mem[0], &at, LINK_TABLE, 0);
		fill_section(&mem[2], &at, links[n].output, JAILHOUSE_MEM_WRITE);
		fill_section(&mem[3], &at, links[n].output, 0);
	}
}

void plan_links_fill_devices(const struct plan *plan, struct jailhouse_pci_device *dev)
{
	u32 n;

	for (n = 0; n < plan_links_devices(plan); n++)
		dev[n] = (struct jailhouse_pci_device){
			.type = JAILHOUSE_PCI_TYPE_IVSHMEM,
			.domain = plan->pci_domain,
			.bdf = (u16)(DEVICE(n) << 3),
			.bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,
			.shmem_regions_start = plan->ram.count + plan->devices.count + SECTIONS * n,
			.shmem_peers = 2,
			.shmem_protocol = links[n].protocol,
		};
}

static void print_regions(FILE *out, const struct plan *plan)
{
	u64 at = 0;
	u32 n;

	fprintf(out, "/* A link of root and a cell: a state table, and what each of them writes. */\n"
		"#define SECTION(at, bytes, access)\tREGION(LINKS_BASE + (at), bytes,\t\\\n"
		"\tJAILHOUSE_MEM_READ | JAILHOUSE_MEM_ROOTSHARED | (access))\n"
		"#define LINK(at, bytes)\t\\\n"
		"\tSECTION(at, 0x%llx, 0), { 0 },\t\\\n"
		"\tSECTION((at) + 0x%llx, bytes, JAILHOUSE_MEM_WRITE),\t\\\n"
		"\tSECTION((at) + 0x%llx + (bytes), bytes, 0)\n"
		"#define LINKS \\\n", LINK_TABLE, LINK_TABLE, LINK_TABLE);
	for (n = 0; n < plan_links_devices(plan); n++) {
		fprintf(out, "\tLINK(0x%llx, 0x%llx), \\\n", at, links[n].output);
		at += LINK_TABLE + 2 * links[n].output;
	}
	fprintf(out, "\n#define NUM_SECTIONS\tARRAY_SIZE(((struct jailhouse_memory[]){ LINKS }))\n"
		"#define LINK_DEVICE(n, protocol)\t\\\n"
		"\t{ .type = JAILHOUSE_PCI_TYPE_IVSHMEM, .domain = %u,\t\\\n"
		"\t  .bdf = (31 - (n)) << 3, .bar_mask = JAILHOUSE_IVSHMEM_BAR_MASK_INTX,\t\\\n"
		"\t  .shmem_regions_start = NUM_REGIONS + %u * (n),\t\\\n"
		"\t  .shmem_peers = 2, .shmem_protocol = protocol }\n\n",
		plan->pci_domain, SECTIONS);
}

static void print_devices(FILE *out, const struct plan *plan)
{
	u32 n;

	fprintf(out, "/* each for a cell that is created with --shmem root or --net root */\n"
		"#define DEVICES \\\n");
	for (n = 0; n < plan_links_devices(plan); n++)
		fprintf(out, "\tLINK_DEVICE(%u, JAILHOUSE_SHMEM_PROTO_%s), \\\n", n,
			links[n].protocol == JAILHOUSE_SHMEM_PROTO_VETH ? "VETH" : "CUSTOM");
	fprintf(out, "\n#define NUM_DEVICES\t"
		"ARRAY_SIZE(((struct jailhouse_pci_device[]){ DEVICES }))\n\n");
}

void plan_links_source(FILE *out, const struct plan *plan)
{
	print_regions(out, plan);
	print_devices(out, plan);
}
