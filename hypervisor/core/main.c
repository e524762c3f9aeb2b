// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/cell_mem.h>
#include <core/console.h>
#include <core/control.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>
#include <core/unit.h>
#include <arch/boot.h>

const struct jailhouse_system *system_config;

static int find_config(void)
{
	const char *config = (const char *)&hv_header + hv_header.core_size;

	/* the driver put a copy there that nobody else can write */
	system_config = (const void *)config;
	return config_check_system(system_config, hv_header.config_size);
}

static int init_cpus(void)
{
	struct cpu *cpu;
	int err;

	for_each_cpu(cpu, root_cell.cpus) {
		cpu->hw_id = hv_header.mpidr[cpu->id];
		if (cpu->hw_id == ~0ULL)
			return refuse(-EINVAL, "CPU %u of the configuration is not online in Linux: bring it online or take it out of the root cell's cpus",
				      cpu->id);
		cpu->vcpu->cell = &root_cell;
		cpu->vcpu->mpidr = cpu->hw_id;
		err = arch_cpu_init(cpu);
		if (err)
			return err;
	}
	return 0;
}

static int init_units(void)
{
	const struct unit *unit;
	int err;

	for_each_unit(unit) {
		err = unit->init();
		if (!err)
			err = unit->cell_prepare(&root_cell);
		if (err)
			return err;
	}
	return 0;
}

s64 hv_init(u64 cpu)
{
	int (*const steps[])(void) = {
		arch_init,		/* page pool, address space, features */
		find_config,		/* the root cell's bytes, checked */
		percpu_init,		/* struct cpu for each CPU */
		cell_init_root,		/* CPU set, MMIO table */
		init_cpus,		/* their private memory */
		init_units,		/* interrupt controller */
		arch_mem_init,		/* size of guest-physical space */
		cell_mem_init_root,	/* stage 2 */
	};
	int err;

	(void)cpu;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i]();
		if (err)
			return err;
	}
	return console_init(&system_config->debug_console);
}

/* Rendezvous of OP_ENTER. */
static struct {
	spinlock_t lock;
	enum { ENTER_WAITING, ENTER_COMMITTED, ENTER_ABORTED } volatile state;
	cpu_set_t arrived;
	int error;
} enter;

static void enter_abort(int error)
{
	if (enter.state != ENTER_WAITING)
		return;
	enter.error = error;
	enter.state = ENTER_ABORTED;
}

static void enter_arrive(struct cpu *cpu)
{
	int err;

	spin_lock(&enter.lock);
	err = arch_cpu_check(cpu);
	if (err) {
		enter_abort(err);
	} else if (enter.state == ENTER_WAITING) {
		enter.arrived |= cpu_bit(cpu);
		if (enter.arrived == root_cell.cpus) {
			arch_machine_commit();
			enter.state = ENTER_COMMITTED;
		}
	}
	spin_unlock(&enter.lock);
}

static void enter_timeout(void)
{
	cpu_set_t missing;

	spin_lock(&enter.lock);
	missing = root_cell.cpus & ~enter.arrived;
	if (missing && enter.state == ENTER_WAITING)
		enter_abort(refuse(-ETIMEDOUT, "CPU %d did not enter the hypervisor within %d ms: all CPUs went back to Linux",
				   __builtin_ctzll(missing),
				   CELLBLOCK_ENTER_TIMEOUT_MS));
	spin_unlock(&enter.lock);
}

void hv_enter(u64 id)
{
	struct cpu *cpu = cpu_by_id(id);
	u64 deadline = arch_counter() +
		       arch_counter_hz() * CELLBLOCK_ENTER_TIMEOUT_MS / 1000;

	enter_arrive(cpu);
	while (enter.state == ENTER_WAITING) {
		cpu_relax();
		if (arch_counter() > deadline)
			enter_timeout();
	}
	if (enter.state == ENTER_ABORTED)
		arch_cpu_leave(cpu, enter.error, false, false);
	arch_cpu_commit(cpu);
}

/* CPUs that have called DISABLE, under the control lock. */
static cpu_set_t disabled;

s64 hv_disable(void)
{
	struct cpu *cpu = arch_this_cpu();
	cpu_set_t running = 0;
	struct cpu *other;
	int err;

	spin_lock(&control_lock);
	err = cell_count > 1 ?
		refuse(-EBUSY, "%u cells exist: destroy them first",
		       cell_count - 1) :
		control_switch_off_parked();
	if (!err) {
		disabled |= cpu_bit(cpu);
		for_each_cpu(other, root_cell.cpus)
			if (other->vcpu->state == VCPU_RUNNING)
				running |= cpu_bit(other);
	}
	spin_unlock(&control_lock);

	if (err)
		return err;
	arch_cpu_leave(cpu, 0, true, disabled == running);
}
