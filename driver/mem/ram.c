// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/hugetlb.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>

#include "compat.h"
#include "mem/ram.h"

#define MAX_RANGES	64

/*
 * What Linux empties at once: where a page of it cannot be moved, none is given
 * away. 2 MiB with pages of 4 KiB, 512 MiB with those of 64.
 */
#define BLOCK		PFN_PHYS(pageblock_nr_pages)

struct ranges {
	unsigned int count;
	struct {
		u64 start, end;
	} range[MAX_RANGES];
};

/* RAM of the machine, and what of it the device tree keeps from Linux. */
static struct ranges machine_ram, reserved;

static void add_to(struct ranges *ranges, const struct resource *res)
{
	if (ranges->count == MAX_RANGES || !resource_size(res))
		return;
	ranges->range[ranges->count].start = res->start;
	ranges->range[ranges->count].end = res->end + 1;
	ranges->count++;
}

static void add_node(struct ranges *ranges, struct device_node *node)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(node, i, &res); i++)
		add_to(ranges, &res);
}

/* Is the memory of this /reserved-memory node Linux's to use after all? */
static bool is_for_linux(struct device_node *node)
{
	return of_property_read_bool(node, "reusable") ||
		of_device_is_compatible(node, "shared-dma-pool");
}

void ram_init(void)
{
	struct device_node *parent, *node;

	for_each_node_by_type(node, "memory")
		add_node(&machine_ram, node);
	parent = of_find_node_by_path("/reserved-memory");
	for_each_child_of_node(parent, node)
		if (!is_for_linux(node))
			add_node(&reserved, node);
	of_node_put(parent);
}

/* Is @at inside? *@end is lowered to where that changes. */
static bool in_ranges(const struct ranges *ranges, u64 at, u64 *end)
{
	unsigned int i;
	bool inside = false;

	for (i = 0; i < ranges->count; i++) {
		if (ranges->range[i].start > at)
			*end = min(*end, ranges->range[i].start);
		else if (ranges->range[i].end > at) {
			*end = min(*end, ranges->range[i].end);
			inside = true;
		}
	}
	return inside;
}

struct piece {
	u64 start, end;
};

static int note_first(struct resource *res, void *arg)
{
	struct piece *first = arg;

	first->start = res->start;
	first->end = res->end + 1;
	return 1;
}

bool ram_is_linux(u64 start, u64 *end)
{
	struct piece first;
	bool is_reserved;

	is_reserved = in_ranges(&reserved, start, end);
	if (walk_iomem_res_desc(IORES_DESC_NONE,
				IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				start, *end - 1, &first, note_first) != 1)
		return false;
	if (first.start > start) {
		*end = first.start;
		return false;
	}
	*end = min(*end, first.end);
	return !is_reserved;
}

bool ram_has_linux(u64 start, u64 end)
{
	u64 piece_end;

	for (; start < end; start = piece_end) {
		piece_end = end;
		if (ram_is_linux(start, &piece_end))
			return true;
	}
	return false;
}

bool ram_exists(u64 start, u64 end)
{
	u64 piece_end;

	/* firmware with EFI describes the memory elsewhere */
	if (!machine_ram.count)
		return true;
	for (; start < end; start = piece_end) {
		piece_end = end;
		if (!in_ranges(&machine_ram, start, &piece_end))
			return false;
	}
	return true;
}

/*
 * The smallest resource. The tree is read without its lock, which no module can
 * take; it changes at memory hotplug only.
 */
static const struct resource *find_owner(u64 at)
{
	const struct resource *res = iomem_resource.child, *found = NULL;

	while (res) {
		if (res->end < at || res->start > at) {
			res = res->sibling;
			continue;
		}
		found = res;
		res = res->child;
	}
	return found;
}

static bool is_cma(struct page *page)
{
	const struct resource *owner = find_owner(page_to_phys(page));

	/* what is given back by pages.c is of this kind as well */
	return compat_is_cma(page_to_pfn(page)) && owner &&
		!strcmp(owner->name, "reserved");
}

/* What keeps it where it is. NULL: nothing that is known. */
static const char *describe_page(struct page *page)
{
	if (PageReserved(page))
		return "was reserved when Linux started";
	if (PageHWPoison(page))
		return "has had a memory error";
	if (PageOffline(page))
		return "was given to a host (balloon)";
	if (PageSlab(page))
		return "holds objects of the kernel (slab)";
	if (PageTable(page))
		return "is a translation table of a process";
	if (PageHuge(page))
		return "is part of a huge page (nr_hugepages)";
	if (page_count(page) && !PageLRU(page) && !page_mapped(page))
		return is_cma(page) ? "is used by a driver for its device" :
			"holds data of the kernel";
	if (PageLRU(page) && folio_maybe_dma_pinned(page_folio(page)))
		return "is pinned for DMA";
	return NULL;
}

/* The first page of the range, *@at, that cannot be moved, and why; NULL: none is known. */
static const char *find_cause(u64 start, u64 end, u64 *at)
{
	const char *what;

	for (*at = start; *at < end; *at += PAGE_SIZE) {
		what = pfn_valid(PHYS_PFN(*at)) ?
			describe_page(pfn_to_page(PHYS_PFN(*at))) : NULL;
		if (what)
			return what;
	}
	return NULL;
}

void ram_describe(char *text, size_t size, u64 start, u64 end)
{
	const struct resource *owner;
	const char *what;
	int len = 0;
	u64 at;

	what = find_cause(start, end, &at);
	if (!what) {
		what = find_cause(round_down(start, BLOCK), round_up(end, BLOCK), &at);
		len = scnprintf(text, size, "Linux empties %llu MiB at once (cma=%lluM@%#llx reserves them), but ",
				BLOCK >> 20, BLOCK >> 20, round_down(at, BLOCK));
	}
	if (!what) {
		scnprintf(text, size, "it is in use");
		return;
	}
	owner = find_owner(at);
	if (PageReserved(pfn_to_page(PHYS_PFN(at))) && owner &&
	    strcmp(owner->name, "System RAM"))
		scnprintf(text + len, size - len, "%pa-%pa is \"%s\" in /proc/iomem",
			  &owner->start, &owner->end, owner->name);
	else
		scnprintf(text + len, size - len, "the page at %#llx%s %s", at,
			  is_cma(pfn_to_page(PHYS_PFN(at))) ? ", in CMA," : "",
			  what);
}

bool ram_find(u64 step, bool (*is_it)(u64 at))
{
	unsigned int i;
	u64 at;

	for (i = 0; i < machine_ram.count; i++)
		for (at = ALIGN(machine_ram.range[i].start, step);
		     at < machine_ram.range[i].end; at += step)
			if (is_it(at))
				return true;
	return false;
}
