/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "config/cell_device.h"
#include "hardware/clocks.h"
#include "hardware/drivers.h"
#include "hardware/interrupts.h"
#include "hardware/nodes.h"
#include "message.h"

#define ANY_WIDTH	(JAILHOUSE_MEM_IO_8 | JAILHOUSE_MEM_IO_16 | JAILHOUSE_MEM_IO_32 | \
			 JAILHOUSE_MEM_IO_64)

struct giving {
	struct cell_plan *plan;
	int node;		/* offset */
	char path[256];
	bool allow_dma;
	bool found;
	int ret;
};

/* What has no DMA of its own, by the names that the Devicetree Specification recommends... */
static const char *const quiet_names[] = {
	"serial", "rtc", "gpio", "timer", "watchdog", "i2c", "pwm", "adc", NULL
};
/* ...and what has other names in trees. */
static const char *const quiet_kinds[] = {
	"arm,pl011", "arm,pl031", "arm,pl061", "arm,sp804", "arm,sp805", NULL
};
/* Who has one of these does. */
static const char *const dma_properties[] = { "iommus", "dma-coherent", "dma-ranges", NULL };

static bool has_any(const struct tree_node *node, const char *const *properties)
{
	int length;

	for (; *properties; properties++)
		if (fdt_getprop(node->fdt, node->offset, *properties, &length))
			return true;
	return false;
}

bool cell_device_may_do_dma(const struct tree_node *node)
{
	const char *const *name = quiet_names;
	size_t length = strcspn(node->name, "@");

	if (has_any(node, dma_properties))
		return true;
	while (*name && (strlen(*name) != length || strncmp(*name, node->name, length)))
		name++;
	return !*name && tree_is_any(node, quiet_kinds) < 0;
}

static int check_driver(const struct giving *giving)
{
	struct driver driver;

	if (!giving->plan->hardware->is_here || !drivers_find(&driver, giving->path))
		return EXIT_DONE;
	if (!driver.unbind[0])
		return refused("Linux's driver %s has %s, and cannot be unbound: start Linux without "
			       "it, or with the device's status \"disabled\"", driver.name,
			       giving->path);
	return refused("Linux's driver %s has %s; to take it away: %s", driver.name, giving->path,
		       driver.unbind);
}

/* Linux switches off what none of its own drivers uses. */
static void note_supply(const struct giving *giving, const struct tree_node *node)
{
	static const char *const supplies[] = { "power-domains", NULL };
	unsigned int cell = 0;

	if (clocks_next(node, &cell) >= 0 || has_any(node, supplies))
		notice("%s has clocks or power of its own, which Linux switches off when it does "
		       "not use them: see clk_ignore_unused and pd_ignore_unused", giving->path);
}

struct crowd {
	int node;
	u64 start, size;
	bool found;
};

static bool look_for_others(const struct tree_node *node, void *arg)
{
	struct crowd *crowd = arg;
	unsigned int n;
	u64 start, size;

	for (n = 0; node->offset != crowd->node && tree_reg(node, n, &start, &size); n++)
		if (start != TREE_NOWHERE && start < crowd->start + crowd->size &&
		    crowd->start < start + size)
			crowd->found = true;
	return !crowd->found;
}

/* Is something else in these pages? */
static bool is_shared(const struct tree_node *node, u64 start, u64 size)
{
	struct crowd crowd = { .node = node->offset, .start = start, .size = size };

	tree_walk(node->fdt, look_for_others, &crowd);
	return crowd.found;
}

/* At most to the end of its page, or whole pages. */
static u64 next_piece(u64 start, u64 end)
{
	u64 page_end = (start | (AREA_PAGE - 1)) + 1;

	if (start % AREA_PAGE || end < page_end)
		return page_end < end ? page_end : end;
	return end & ~(AREA_PAGE - 1);
}

/* Whole pages, unless something else is in them: each access of a part of a page is an exit. */
static void widen(const struct tree_node *node, u64 *start, u64 *end)
{
	u64 first = *start & ~(AREA_PAGE - 1);
	u64 last = (*end + AREA_PAGE - 1) & ~(AREA_PAGE - 1);

	if (!is_shared(node, first, last - first)) {
		*start = first;
		*end = last;
	}
}

static u64 access_of(u64 start, u64 stop)
{
	return CELL_PLAN_DEVICE | ((start | stop) % AREA_PAGE ? ANY_WIDTH : 0);
}

static int add_registers(struct giving *giving, const struct tree_node *node, u64 start, u64 size)
{
	u64 end = start + size, stop;
	int ret = EXIT_DONE;

	for (widen(node, &start, &end); start < end && !ret; start = stop) {
		stop = next_piece(start, end);
		ret = cell_plan_add_region(giving->plan, start, start, stop - start,
					   access_of(start, stop), giving->path);
	}
	return ret;
}

struct jailhouse_memory cell_device_piece(const struct tree_node *node, u64 start, u64 size,
					  u64 address)
{
	u64 end = start + size, stop;

	for (widen(node, &start, &end); (stop = next_piece(start, end)) <= address; start = stop)
		;
	return (struct jailhouse_memory){ .phys_start = start, .virt_start = start,
					  .size = stop - start, .flags = access_of(start, stop) };
}

static bool is_one_of(const struct hardware_others *others, u64 address)
{
	unsigned int n;

	for (n = 0; n < others->count; n++)
		if (others->list[n].address == address)
			return true;
	return false;
}

const char *cell_device_kept(const struct hardware *hw, u64 start, u64 size)
{
	if (areas_find(&hw->ram, start, size))
		return "RAM";
	if (!areas_find(&hw->devices, start, size) || start == hw->gic.its)
		return "the GIC's";
	if (is_one_of(&hw->iommu, start))
		return "an IOMMU";
	return is_one_of(&hw->pci, start) ? "a PCI host" : NULL;
}

static int check_place(const struct giving *giving, u64 start, u64 size)
{
	const char *kind;

	if (start >= AREA_LIMIT || !size || size > AREA_LIMIT - start)
		return refused("%s has no registers at addresses of the CPUs", giving->path);
	kind = cell_device_kept(giving->plan->hardware, start, size);
	if (kind)
		return refused("%s is %s, which no cell can have", giving->path, kind);
	return EXIT_DONE;
}

static int add_all_registers(struct giving *giving, const struct tree_node *node)
{
	unsigned int n;
	u64 start, size;
	int ret = EXIT_DONE;

	for (n = 0; !ret && tree_reg(node, n, &start, &size); n++) {
		ret = check_place(giving, start, size);
		if (!ret)
			ret = add_registers(giving, node, start, size);
	}
	return n ? ret : refused("%s has no registers", giving->path);
}

static int add_interrupts(struct giving *giving, const struct tree_node *node)
{
	unsigned int n;
	int ret = EXIT_DONE;
	u32 intid;

	for (n = 0; !ret && interrupts_of(node, n, &intid); n++) {
		if (intid < FIRST_SPI)
			notice("interrupt %u of %s is not one of the GIC's that a cell can have", n,
			       giving->path);
		else
			ret = cell_plan_add_irq(giving->plan, intid);
	}
	return ret;
}

static int give(struct giving *giving, const struct tree_node *node)
{
	int ret = check_driver(giving);

	if (!ret && cell_device_may_do_dma(node) && !giving->allow_dma)
		ret = refused("%s may do DMA, and then reaches all memory, as no IOMMU is used yet: "
			      "--allow-dma if the cell may do that", giving->path);
	if (!ret)
		ret = add_all_registers(giving, node);
	if (!ret)
		ret = add_interrupts(giving, node);
	if (!ret)
		note_supply(giving, node);
	return ret;
}

static bool visit(const struct tree_node *node, void *arg)
{
	struct giving *giving = arg;

	if (node->offset == giving->node) {
		giving->found = true;
		giving->ret = give(giving, node);
	}
	return !giving->found;
}

int cell_device_add(struct cell_plan *plan, const char *name, bool allow_dma)
{
	const void *tree = plan->hardware->tree;
	struct giving giving = { .plan = plan, .allow_dma = allow_dma };

	giving.node = tree_find(tree, name);
	if (giving.node < 0 || fdt_get_path(tree, giving.node, giving.path, sizeof(giving.path)))
		return refused("the device tree has no device '%s': give its path, such as "
			       "/soc/serial@9000000, or its alias", name);
	tree_walk(tree, visit, &giving);
	return giving.found ? giving.ret : refused("%s is too deep in the device tree", name);
}
