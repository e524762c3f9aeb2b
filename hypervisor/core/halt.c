// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/comm.h>
#include <core/console.h>
#include <core/control.h>
#include <core/halt.h>
#include <vdev/ivshmem.h>

/* All others hold a lock for microseconds, but for the control lock. */
#define OTHERS_HOLD_MS	100

void halt_unlock(spinlock_t *lock)
{
	u64 end = control_deadline(OTHERS_HOLD_MS);

	while (!spin_trylock(lock) && arch_counter() < end)
		cpu_relax();
	spin_unlock(lock);
}

/* What they protect is left as it is: half done, perhaps. */
static void unlock_all(void)
{
	struct cell *cell;

	halt_unlock(&console_lock);
	arch_halt_unlock();
	halt_unlock(&cells_lock);
	for (unsigned int id = 0; id < CELLBLOCK_MAX_CPUS; id++)
		if (cpus[id])
			halt_unlock(&cpus[id]->lock);
	for_each_cell(cell) {
		ivshmem_halt_unlock(cell);
		halt_unlock(&cell->mm_lock);
		halt_unlock(&cell->fault_lock);
	}
	if (control_holder == arch_this_cpu())
		spin_unlock(&control_lock);
}

void halt_begin(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	if (!vcpu || vcpu->state == VCPU_HALTED)
		return;
	vcpu->state = VCPU_HALTED;
	unlock_all();
	if (vcpu->cell == &root_cell)
		return;
	vcpu->failed = true;
	comm_set_state(vcpu->cell, JAILHOUSE_CELL_FAILED);
}
