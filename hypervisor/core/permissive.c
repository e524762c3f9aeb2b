// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/console.h>
#include <core/permissive.h>
#include <core/subpage.h>
#include <lib/printk.h>

static bool is_like(const struct cellblock_access *a, const struct cellblock_access *b)
{
	return !((a->address ^ b->address) >> PAGE_SHIFT) && a->is_write == b->is_write;
}

/* Is it the first of its kind? */
static bool record(struct cell *cell, const struct cellblock_access *access)
{
	struct cellblock_access *at = cell->access;
	bool is_first;

	spin_lock(&cell->fault_lock);
	while (at->count && !is_like(at, access) && at < &cell->access[CELLBLOCK_ACCESSES - 1])
		at++;
	is_first = !at->count;
	if (is_first)
		*at = *access;
	at->count++;
	spin_unlock(&cell->fault_lock);
	return is_first;
}

/* @arg: the region */
static enum mmio_result logged_access(void *arg, struct mmio_access *access)
{
	struct vcpu *vcpu = arch_this_vcpu();
	const struct jailhouse_memory *mem = arg;
	struct cellblock_access seen = {
		.address = mem->virt_start + access->address,
		.pc = arch_guest_pc(),
		.size = access->size,
		.is_write = access->is_write,
		.cpu = (u8)vcpu->cpu->id,
		.is_made = subpage_access(arg, access) == MMIO_HANDLED,
	};

	if (!seen.is_made)
		access->value = 0;
	if (record(vcpu->cell, &seen))
		printk("PERMISSIVE: cell \"%s\", CPU %u: %s of %u bytes at %#llx, PC %#llx: %smade\n",
		       vcpu->cell->config->name, seen.cpu, seen.is_write ? "write" : "read",
		       seen.size, seen.address, seen.pc, seen.is_made ? "" : "not ");
	return MMIO_HANDLED;
}

int permissive_register(struct cell *cell, const struct jailhouse_memory *mem)
{
	return mmio_register(&cell->mmio, mem->virt_start, mem->size, logged_access,
			     (void *)mem);
}

s64 permissive_show(struct cell *cell, u64 n)
{
	spin_lock(&cell->fault_lock);
	hv_shared.access = cell->access[n];
	spin_unlock(&cell->fault_lock);
	return hv_shared.access.count;
}
