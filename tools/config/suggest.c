/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include <cellblock/config.h>

#include "config/cell_device.h"
#include "config/suggest.h"
#include "hardware/drivers.h"

#define MIB	0x100000ULL

struct search {
	struct suggestion *found;
	const struct hardware *hardware;
	const struct jailhouse_cell_desc *cell;
	u64 address;
	u64 size;		/* of the registers that were found; 0: none yet */
};

__attribute__((format(printf, 3, 4)))
static bool owned(struct suggestion *found, const char *owner, const char *format, ...)
{
	va_list args;

	found->owner = owner;
	va_start(args, format);
	vsnprintf(found->text, sizeof(found->text), format, args);
	va_end(args);
	return true;
}

static u64 flag_of(const struct fault_access *access)
{
	if (!strcmp(access->kind, "fetch"))
		return JAILHOUSE_MEM_EXECUTE;
	return strcmp(access->kind, "write") ? JAILHOUSE_MEM_READ : JAILHOUSE_MEM_WRITE;
}

/* In a region of the cell's, which has no leave for such an access */
static bool is_own(struct suggestion *found, const struct jailhouse_cell_desc *cell,
		   const struct fault_access *access)
{
	const struct jailhouse_memory *mem;
	u64 flag = flag_of(access);

	for_each_mem(mem, cell) {
		if (access->address - mem->virt_start >= mem->size ||
		    mem->flags & JAILHOUSE_MEM_LOGGED)
			continue;
		found->region = *mem;
		if (mem->flags & flag) {
			found->region.size = 0;
			return owned(found, "itself", "in a region of the cell that allows a %s, "
				     "but not of this width or alignment", access->kind);
		}
		if (mem->flags & JAILHOUSE_MEM_REMOTE && flag == JAILHOUSE_MEM_EXECUTE) {
			found->region.size = 0;
			return owned(found, "itself", "in a window of the cell: nothing is "
				     "executed there");
		}
		found->region.flags |= flag;
		return owned(found, "itself", "in a region of the cell that allows no %s",
			     access->kind);
	}
	return false;
}

/* As far above as RAM is large: what runs off its end is seldom farther. */
static bool is_above_ram(struct suggestion *found, const struct jailhouse_cell_desc *cell,
			 u64 address)
{
	const struct jailhouse_memory *mem;
	u64 size;

	for_each_mem(mem, cell) {
		if (!(mem->flags & JAILHOUSE_MEM_LOADABLE) || address < mem->virt_start ||
		    address - mem->virt_start >= 2 * mem->size)
			continue;
		size = (address - mem->virt_start + MIB) & ~(MIB - 1);
		found->region = *mem;
		found->region.size = size;
		if (!mem->virt_start)
			snprintf(found->option, sizeof(found->option), "--ram %lluM", size / MIB);
		return owned(found, "nobody", "just above the cell's RAM, which ends at 0x%llx",
			     mem->virt_start + mem->size);
	}
	return false;
}

static bool is_another_cells(struct suggestion *found, const struct running *running,
			     const struct jailhouse_cell_desc *self, u64 address)
{
	const struct jailhouse_memory *mem;
	unsigned int n;

	for (n = 1; n < running->count; n++) {
		if (running->cell[n] == self)
			continue;
		for_each_mem(mem, running->cell[n])
			if (!(mem->flags & (CONFIG_MEM_MADE | JAILHOUSE_MEM_LOGGED)) &&
			    address - mem->phys_start < mem->size)
				return owned(found, "cell", "of the cell \"%s\": cells share memory by "
					     "links, see --shmem", running->cell[n]->name);
	}
	return false;
}

static bool is_hypervisors(struct suggestion *found, const struct running *running, u64 address)
{
	const struct jailhouse_system *system = running->file[0];
	const struct jailhouse_memory *mem = &system->hypervisor_memory;

	return address - mem->phys_start < mem->size &&
	       owned(found, "hypervisor", "of the hypervisor, whose memory no cell can have");
}

static bool is_ram(struct suggestion *found, const struct hardware *hw,
		   const struct fault_access *access)
{
	u64 page = access->address & ~(AREA_PAGE - 1);

	if (!areas_find(&hw->ram, page, AREA_PAGE))
		return false;
	found->region = (struct jailhouse_memory){
		.phys_start = page,
		.virt_start = page,
		.size = AREA_PAGE,
		.flags = JAILHOUSE_MEM_READ | JAILHOUSE_MEM_WRITE | flag_of(access),
	};
	return owned(found, "ram", "RAM of Linux, which has to give it away: a cell that 'cell "
		     "create' makes has its own from 0 on");
}

static bool is_console(const struct hardware *hw, const char *path)
{
	return hw->stdout_uart >= 0 && !strcmp(hw->uart[hw->stdout_uart].path, path);
}

static void describe(const struct search *search, const struct tree_node *node, u64 start, u64 size)
{
	struct suggestion *found = search->found;
	const char *compatible = tree_string(node, "compatible");
	const char *kept = cell_device_kept(search->hardware, start, size);

	if (fdt_get_path(node->fdt, node->offset, found->path, sizeof(found->path)))
		snprintf(found->path, sizeof(found->path), "%s", node->name);
	snprintf(found->compatible, sizeof(found->compatible), "%s", compatible ? compatible : "");
	owned(found, "device", "of %s (%s)%s%s%s", found->path, found->compatible,
	      kept ? ", which is " : "", kept ? kept : "", kept ? ": no cell can have it" : "");
	found->region = (struct jailhouse_memory){ 0 };
	found->option[0] = '\0';
	if (kept)
		return;
	found->region = cell_device_piece(node, start, size, search->address);
	if (!is_console(search->hardware, found->path)) {
		snprintf(found->option, sizeof(found->option), "--device %s%s", found->path,
			 cell_device_may_do_dma(node) ? " --allow-dma" : "");
		return;
	}
	/* Linux goes on using it */
	found->region.flags |= JAILHOUSE_MEM_ROOTSHARED;
	snprintf(found->option, sizeof(found->option), "--console");
}

/* RAM, or below the cell's: what is there in the machine cannot be what it was after. */
static bool is_hidden(const struct search *search, u64 start, u64 size)
{
	const struct jailhouse_memory *mem;

	for_each_mem(mem, search->cell)
		if ((mem->flags & JAILHOUSE_MEM_LOADABLE) && start < mem->virt_start + mem->size &&
		    mem->virt_start < start + size)
			return true;
	return areas_find(&search->hardware->ram, start, size);
}

/* Of several the smallest: others are buses. */
static bool look(const struct tree_node *node, void *arg)
{
	struct search *search = arg;
	unsigned int n;
	u64 start, size;

	for (n = 0; tree_reg(node, n, &start, &size); n++) {
		if (start == TREE_NOWHERE || search->address - start >= size ||
		    (search->size && size >= search->size) || is_hidden(search, start, size))
			continue;
		search->size = size;
		describe(search, node, start, size);
	}
	return true;
}

static bool is_devices(struct suggestion *found, const struct hardware *hw,
		       const struct jailhouse_cell_desc *cell, u64 address)
{
	struct search search = { .found = found, .hardware = hw, .cell = cell, .address = address };
	struct driver driver;

	tree_walk(hw->tree, look, &search);
	if (search.size && drivers_find(&driver, found->path)) {
		snprintf(found->driver, sizeof(found->driver), "%s", driver.name);
		snprintf(found->unbind, sizeof(found->unbind), "%s", driver.unbind);
	}
	return search.size;
}

void suggest(struct suggestion *suggestion, const struct running *running,
	     const struct hardware *hardware, const struct jailhouse_cell_desc *cell,
	     const struct fault_access *access)
{
	u64 address = access->address;

	*suggestion = (struct suggestion){ 0 };
	if (is_own(suggestion, cell, access) ||
	    is_another_cells(suggestion, running, cell, address) ||
	    is_hypervisors(suggestion, running, address) ||
	    is_devices(suggestion, hardware, cell, address) ||
	    is_above_ram(suggestion, cell, address) || is_ram(suggestion, hardware, access))
		return;
	owned(suggestion, "nobody", "nobody's by the device tree");
}
