// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/console.h>
#include <core/fault.h>
#include <lib/string.h>

/* With the record's lock held. */
static void add_place(struct cellblock_fault *fault)
{
	fault->cpu = arch_this_cpu()->id;
	arch_fault_place(fault);
}

void fault_record(struct cell *cell, u32 kind)
{
	struct cellblock_fault *fault = &cell->record.fault;

	spin_lock(&cell->fault_lock);
	if (fault->kind == CELLBLOCK_FAULT_NONE) {
		fault->kind = kind;
		fault->cell = cell->id;
		fault->cpu = CELLBLOCK_FAULT_NO_CPU;
		fault->time = arch_counter();
		if (kind == CELLBLOCK_FAULT_EXCEPTION)
			add_place(fault);
	}
	spin_unlock(&cell->fault_lock);
}

void fault_record_place(void)
{
	struct vcpu *vcpu = arch_this_vcpu();
	struct cell *cell = vcpu->cell;

	spin_lock(&cell->fault_lock);
	if (cell->record.fault.kind == CELLBLOCK_FAULT_WATCHDOG &&
	    vcpu->cpu->id < cell->record.fault.cpu)
		add_place(&cell->record.fault);
	spin_unlock(&cell->fault_lock);
}

void fault_forget(struct cell *cell)
{
	memset(&cell->record.fault, 0, sizeof(cell->record.fault));
}

s64 fault_show(struct cell *cell)
{
	spin_lock(&cell->fault_lock);
	hv_shared.record = cell->record;
	spin_unlock(&cell->fault_lock);
	return hv_shared.record.fault.kind;
}
