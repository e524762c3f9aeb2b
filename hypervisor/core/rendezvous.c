// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * OP_ENTER and DISABLE: all CPUs of the root cell come together, one of them
 * decides for all, and each then does what was decided. A CPU waits in EL2,
 * for a bounded time, so nothing of the guest runs that could change what the
 * decision was made on.
 */

#include <core/arch.h>
#include <core/control.h>
#include <core/main.h>
#include <lib/errno.h>
#include <lib/printk.h>

enum verdict { WAITING, COMMITTED, ABORTED };

struct rendezvous {
	volatile enum verdict verdict;
	cpu_set_t arrived;
	cpu_set_t busy;		/* of these, see arch_cpu_can_leave() */
	int error;		/* of ABORTED */
};

static void rendezvous_abort(struct rendezvous *r, int error)
{
	if (r->verdict != WAITING)
		return;
	r->error = error;
	r->verdict = ABORTED;
}

/* Waits for the verdict; @expired is called when the time is over. */
static void rendezvous_wait(struct rendezvous *r, void (*expired)(void))
{
	u64 end = control_deadline(CELLBLOCK_ENTER_TIMEOUT_MS);

	while (r->verdict == WAITING) {
		cpu_relax();
		if (arch_counter() > end)
			expired();
	}
}

/* OP_ENTER: no other lock can be held yet, so its own is outside of their order. */

static struct rendezvous enter;
static spinlock_t enter_lock;

static void enter_arrive(struct cpu *cpu)
{
	int err;

	spin_lock(&enter_lock);
	err = arch_cpu_check(cpu);
	if (err) {
		rendezvous_abort(&enter, err);
	} else if (enter.verdict == WAITING) {
		enter.arrived |= cpu_bit(cpu);
		if (enter.arrived == root_cell.cpus) {
			arch_machine_commit();
			enter.verdict = COMMITTED;
		}
	}
	spin_unlock(&enter_lock);
}

static void enter_expired(void)
{
	cpu_set_t missing;

	spin_lock(&enter_lock);
	missing = root_cell.cpus & ~enter.arrived;
	if (missing && enter.verdict == WAITING)
		rendezvous_abort(&enter, refuse(-ETIMEDOUT, "CPU %d did not enter the hypervisor within %d ms: all CPUs went back to Linux",
						__builtin_ctzll(missing),
						CELLBLOCK_ENTER_TIMEOUT_MS));
	spin_unlock(&enter_lock);
}

void hv_enter(u64 id)
{
	struct cpu *cpu = cpu_by_id(id);

	enter_arrive(cpu);
	rendezvous_wait(&enter, enter_expired);
	if (enter.verdict == ABORTED)
		arch_cpu_leave(cpu, enter.error, false);
	arch_cpu_commit(cpu);
}

/* DISABLE: all of it under the control lock. */

static struct rendezvous disable;

/* CPUs on which root runs, or is about to. */
static cpu_set_t running_cpus(void)
{
	cpu_set_t running = 0;
	struct cpu *cpu;

	for_each_cpu(cpu, root_cell.cpus)
		if (cpu->vcpu->state == VCPU_RUNNING ||
		    cpu->vcpu->command == VCPU_CMD_START)
			running |= cpu_bit(cpu);
	return running;
}

static int check_leave(void)
{
	struct cpu *cpu;

	cell_drop_unfinished();
	for_each_cpu(cpu, root_cell.cpus)
		if (cpu->vcpu->state == VCPU_HALTED)
			return refuse(-EIO, "CPU %u has halted in the hypervisor: reset the machine",
				      cpu->id);
	return cell_count > 1 ?
		refuse(-EBUSY, "%u cells exist: destroy them first",
		       cell_count - 1) : 0;
}

/* All CPUs that root runs on are here: there is nobody left to interfere. */
static void disable_decide(void)
{
	int err = 0;

	if (disable.busy)
		err = refuse(-EAGAIN, "CPU %d has an interrupt that Linux did not take: try again",
			     __builtin_ctzll(disable.busy));
	if (!err)
		err = control_switch_off_parked();
	if (err) {
		rendezvous_abort(&disable, err);
		return;
	}
	arch_machine_leave();
	disable.verdict = COMMITTED;
}

static int disable_arrive(struct cpu *cpu)
{
	int err;

	spin_lock(&control_lock);
	/* too late: others have not yet gone back to root */
	err = disable.verdict == ABORTED ? disable.error : check_leave();
	if (!err) {
		disable.arrived |= cpu_bit(cpu);
		if (!arch_cpu_can_leave())
			disable.busy |= cpu_bit(cpu);
		if (disable.arrived == running_cpus())
			disable_decide();
	}
	spin_unlock(&control_lock);
	return err;
}

static void disable_expired(void)
{
	cpu_set_t missing;

	spin_lock(&control_lock);
	missing = running_cpus() & ~disable.arrived;
	if (missing && disable.verdict == WAITING)
		rendezvous_abort(&disable, refuse(-ETIMEDOUT, "CPU %d did not leave the hypervisor within %d ms: it stays enabled on all CPUs",
						  __builtin_ctzll(missing),
						  CELLBLOCK_ENTER_TIMEOUT_MS));
	spin_unlock(&control_lock);
}

/* Back to root with the common error; the last one makes room for a new attempt. */
static s64 disable_return(struct cpu *cpu)
{
	int err;

	spin_lock(&control_lock);
	err = disable.error;
	disable.arrived &= ~cpu_bit(cpu);
	disable.busy &= ~cpu_bit(cpu);
	if (!disable.arrived)
		disable.verdict = WAITING;
	spin_unlock(&control_lock);
	return err;
}

s64 hv_disable(void)
{
	struct cpu *cpu = arch_this_cpu();
	int err = disable_arrive(cpu);

	if (err)
		return err;
	rendezvous_wait(&disable, disable_expired);
	if (disable.verdict == ABORTED)
		return disable_return(cpu);
	arch_cpu_leave(cpu, 0, true);
}
