/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include <cellblock/config.h>

#include "config/cell_device.h"
#include "config/permissive.h"
#include "hardware/drivers.h"
#include "message.h"

#define GIC_FRAME	0x20000ULL	/* of a GICv2, the largest */
#define GUARD		0x10000ULL	/* above RAM */
#define MADE_REGIONS	(PERMISSIVE_REGIONS / 2)
#define ZERO		(JAILHOUSE_MEM_IO | JAILHOUSE_MEM_ROOTSHARED | JAILHOUSE_MEM_LOGGED)
#define MADE		(ZERO | JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | JAILHOUSE_MEM_IO_8 | \
			 JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 | JAILHOUSE_MEM_IO_64)

struct search {
	const struct hardware *hardware;
	bool allow_dma;
	struct areas made, zero;
	struct areas linux_devices;	/* a driver has them, or may without being seen */
	struct areas never;		/* neither */
};

/*
 * Others depend on it, and Linux may use it without a driver that can be seen: a clock
 * controller, an interrupt controller, a register block for several drivers.
 */
static bool is_provider(const struct tree_node *node)
{
	static const char end[] = "-cells";
	const char *name;
	int property;

	if (tree_is(node, "syscon"))
		return true;
	fdt_for_each_property_offset(property, node->fdt, node->offset) {
		if (!fdt_getprop_by_offset(node->fdt, property, &name, NULL) || name[0] != '#' ||
		    !strcmp(name, "#address-cells") || !strcmp(name, "#size-cells"))
			continue;
		if (strlen(name) > sizeof(end) && !strcmp(name + strlen(name) - strlen(end), end))
			return true;
	}
	return false;
}

static bool has_driver(const struct tree_node *node)
{
	struct driver driver;
	char path[256];

	return fdt_get_path(node->fdt, node->offset, path, sizeof(path)) ||
	       drivers_find(&driver, path);
}

static bool is_free(const struct search *search, const struct tree_node *node)
{
	return !is_provider(node) && (search->allow_dma || !cell_device_may_do_dma(node)) &&
	       !has_driver(node);
}

static bool visit(const struct tree_node *node, void *arg)
{
	struct search *search = arg;
	u64 start, size;
	unsigned int n;

	for (n = 0; tree_reg(node, n, &start, &size); n++) {
		if (start == TREE_NOWHERE || !size)
			continue;
		if (cell_device_kept(search->hardware, start, size) || !is_free(search, node))
			areas_add(&search->linux_devices, start, size, node->name);
		else
			areas_add(&search->made, start, size, node->name);
	}
	return true;
}

static void add_never(struct search *search, u64 start, u64 size)
{
	u64 end = (start + size + AREA_PAGE - 1) & ~(AREA_PAGE - 1);

	start &= ~(AREA_PAGE - 1);
	areas_add(&search->never, start, end - start, "");
}

/* What the cells have of the machine, and root as memory. */
static void keep_cells(struct search *search, const struct running *running)
{
	const struct jailhouse_memory *mem;
	unsigned int n;

	for (n = 0; n < running->count; n++)
		for_each_mem(mem, running->cell[n])
			if (!(mem->flags & (CONFIG_MEM_MADE | JAILHOUSE_MEM_LOGGED)) &&
			    (n || !(mem->flags & JAILHOUSE_MEM_IO)))
				add_never(search, mem->phys_start, mem->size);
}

/* The distributor and redistributors are no devices to begin with. */
static void keep_gic(struct search *search, const struct hardware_gic *gic)
{
	const u64 frames[] = { gic->gicc, gic->gich, gic->gicv };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(frames); n++)
		if (frames[n] && frames[n] != TREE_NOWHERE)
			add_never(search, frames[n], GIC_FRAME);
	add_never(search, gic->gicd, gic->gicd_size);
	add_never(search, gic->gicr, gic->gicr_size);
}

static void keep_system(struct search *search, const struct jailhouse_system *system)
{
	u64 buses = system->platform_info.pci_mmconfig_end_bus + 1ULL;

	add_never(search, system->hypervisor_memory.phys_start, system->hypervisor_memory.size);
	keep_gic(search, &search->hardware->gic);
	/* links' registers come after it */
	if (system->platform_info.pci_is_virtual)
		add_never(search, system->platform_info.pci_mmconfig_base, (buses + 1) << 20);
	if (system->debug_console.type != JAILHOUSE_CON_TYPE_NONE)
		areas_add(&search->linux_devices, system->debug_console.address, AREA_PAGE, "");
}

static void keep_own(struct search *search, const struct jailhouse_cell_desc *desc)
{
	const struct jailhouse_memory *mem;

	/* who runs off the end of RAM should find out */
	for_each_mem(mem, desc)
		add_never(search, mem->virt_start, mem->size +
			  (mem->flags & JAILHOUSE_MEM_LOADABLE ? GUARD : 0));
}

/* What has nothing in it can read as zero too, if it is between two that do. */
static bool close_a_gap(struct search *search)
{
	struct area *area, *best = NULL;
	u64 gap, smallest = ~0ULL;

	for (area = search->zero.area; area + 1 < search->zero.area + search->zero.count; area++) {
		gap = area[1].start - area_end(area);
		if (gap >= smallest || areas_find(&search->never, area_end(area), gap) ||
		    areas_find(&search->made, area_end(area), gap))
			continue;
		smallest = gap;
		best = area;
	}
	if (best)
		best->size = area_end(&best[1]) - best->start;
	areas_merge(&search->zero);
	return best;
}

static void append(struct permissive *permissive, const struct areas *areas, u64 flags)
{
	struct jailhouse_memory *mem = permissive->region + permissive->count;
	const struct area *area;

	for_each_area(area, areas) {
		if (permissive->count == PERMISSIVE_REGIONS)
			break;
		permissive->count++;
		*mem++ = (struct jailhouse_memory){ area->start, area->start, area->size, flags };
	}
}

static void say(const struct search *search, const char *name)
{
	const struct area *area;

	notice("cell \"%.31s\" is PERMISSIVE, for bring-up only: it accesses devices that no driver "
	       "of Linux has, and reads zero from others", name);
	for_each_area(area, &search->made)
		notice("it accesses 0x%llx-0x%llx, %s", area->start, area_end(area) - 1,
		       area->what);
}

static void choose(struct search *search, struct permissive *permissive)
{
	areas_merge(&search->made);
	areas_merge(&search->linux_devices);
	areas_remove_all(&search->made, &search->linux_devices);
	areas_remove_all(&search->made, &search->hardware->ram);
	areas_remove_all(&search->made, &search->never);
	areas_merge(&search->made);
	if (search->made.count > MADE_REGIONS) {
		notice("%u areas of devices read as zero, as there are too many",
		       search->made.count - MADE_REGIONS);
		search->made.count = MADE_REGIONS;
	}
	areas_add_all(&search->zero, &search->hardware->devices);
	areas_remove_all(&search->zero, &search->made);
	areas_remove_all(&search->zero, &search->hardware->ram);
	areas_remove_all(&search->zero, &search->never);
	areas_merge(&search->zero);
	append(permissive, &search->made, MADE);
	while (search->zero.count > PERMISSIVE_REGIONS - permissive->count && close_a_gap(search))
		;
	append(permissive, &search->zero, ZERO);
}

int permissive_find(struct permissive *permissive, const struct jailhouse_cell_desc *desc,
		    const struct hardware *hardware, bool allow_dma)
{
	struct search *search = calloc(1, sizeof(*search));
	struct running running;
	int ret;

	permissive->count = 0;
	if (!search)
		return refused("out of memory");
	search->hardware = hardware;
	search->allow_dma = allow_dma;
	ret = running_read(&running);
	if (!ret && !running.count)
		ret = refused("the hypervisor is not enabled");
	if (!ret) {
		keep_cells(search, &running);
		keep_system(search, running.file[0]);
		keep_own(search, desc);
		tree_walk(hardware->tree, visit, search);
		choose(search, permissive);
		say(search, desc->name);
	}
	running_free(&running);
	free(search);
	return ret;
}

int permissive_add(struct jailhouse_cell_desc **config, size_t *size,
		   const struct permissive *permissive)
{
	size_t more = permissive->count * sizeof(*permissive->region);
	size_t before = config_cache_offset(*config);
	struct jailhouse_cell_desc *larger = realloc(*config, *size + more);
	u8 *end;

	if (!larger)
		return refused("out of memory");
	end = (u8 *)larger + before;
	memmove(end + more, end, *size - before);
	memcpy(end, permissive->region, more);
	larger->num_memory_regions += permissive->count;
	larger->flags |= JAILHOUSE_CELL_PERMISSIVE;
	*config = larger;
	*size += more;
	return EXIT_DONE;
}

/* They are the last ones. */
void permissive_take_out(struct jailhouse_cell_desc *config, size_t *size)
{
	const struct jailhouse_memory *mem = config_mem_regions(config);
	u32 count = config->num_memory_regions;
	u64 end = config_cache_offset(config), more;

	while (count && mem[count - 1].flags & JAILHOUSE_MEM_LOGGED)
		count--;
	more = (config->num_memory_regions - count) * sizeof(*mem);
	memmove((u8 *)config + end - more, (u8 *)config + end, *size - end);
	config->num_memory_regions = count;
	config->flags &= ~(u32)JAILHOUSE_CELL_PERMISSIVE;
	*size -= more;
}
