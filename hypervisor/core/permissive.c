// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/permissive.h>
#include <core/subpage.h>
#include <lib/printk.h>

/* The entry for accesses like that one, or for what finds no room. */
static struct cellblock_access *find(struct cell *cell, u64 address, bool is_write)
{
	struct cellblock_access *at = cell->record.access;

	while (at->count && at < &cell->record.access[CELLBLOCK_ACCESSES - 1] &&
	       ((at->address ^ address) >> PAGE_SHIFT || at->is_write != is_write))
		at++;
	return at;
}

/* @arg: the region */
static enum mmio_result logged_access(void *arg, struct mmio_access *access)
{
	struct vcpu *vcpu = arch_this_vcpu();
	const struct jailhouse_memory *mem = arg;
	u64 address = mem->virt_start + access->address;
	struct cell *cell = vcpu->cell;
	struct cellblock_access *entry;
	bool is_made, is_first;

	is_made = subpage_access(arg, access) == MMIO_HANDLED;
	if (!is_made)
		access->value = 0;
	spin_lock(&cell->fault_lock);
	entry = find(cell, address, access->is_write);
	is_first = !entry->count++;
	if (is_first) {
		entry->address = address;
		entry->pc = arch_guest_pc();
		entry->size = access->size;
		entry->is_write = access->is_write;
		entry->is_made = is_made;
		entry->cpu = (u8)vcpu->cpu->id;
	}
	spin_unlock(&cell->fault_lock);
	/* nobody changes what stands there */
	if (is_first)
		printk("PERMISSIVE: cell \"%s\": %s at %#llx, PC %#llx: %smade\n",
		       cell->config->name, entry->is_write ? "write" : "read",
		       entry->address, entry->pc, entry->is_made ? "" : "not ");
	return MMIO_HANDLED;
}

int permissive_register(struct cell *cell, const struct jailhouse_memory *mem)
{
	return mmio_register(&cell->mmio, mem->virt_start, mem->size, logged_access,
			     (void *)mem);
}
