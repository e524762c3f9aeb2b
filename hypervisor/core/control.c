// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/control.h>
#include <core/fault.h>
#include <core/share.h>
#include <lib/bug.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

/* A CPU answers in microseconds. */
#define ANSWER_TIMEOUT_MS	1000
#define KICK_AGAIN_MS		1

spinlock_t control_lock;
const struct cpu *control_holder;

/* With the lock: one of a stopped cell that has to wait for its CPU is parked by that. */
static bool is_on_its_cpu(struct vcpu *vcpu)
{
	if (vcpu->state == VCPU_RUNNING && vcpu->cpu->running != vcpu)
		vcpu->state = VCPU_PARKED;
	return vcpu->state == VCPU_RUNNING;
}

/* A parked one that was told to start and has not begun to does not. */
static bool is_to_stop(struct vcpu *vcpu)
{
	struct cpu *cpu = vcpu->cpu;
	bool running;

	spin_lock(&cpu->lock);
	running = is_on_its_cpu(vcpu);
	vcpu->command = VCPU_CMD_NONE;
	spin_unlock(&cpu->lock);
	return running;
}

u64 control_deadline(unsigned int ms)
{
	return arch_counter() + arch_counter_hz() * ms / 1000;
}

/*
 * Without memory, the next instruction of a guest ends in the hypervisor,
 * whatever it masks. It stays so until all of the cell's CPUs are parked.
 */
static void hide(struct cell *cell)
{
	spin_lock(&cell->mm_lock);
	if (!cell->hidden)
		paging_hide(&cell->mem);
	cell->hidden = true;
	spin_unlock(&cell->mm_lock);
}

static void show(struct cell *cell)
{
	spin_lock(&cell->mm_lock);
	if (cell->hidden)
		paging_show(&cell->mem);
	cell->hidden = false;
	spin_unlock(&cell->mm_lock);
}

/* Ends a WFI: what sleeps executes no next instruction. */
static void wake(const struct cell *cell, const struct vcpu *except)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell)
		if (vcpu != except && vcpu->state == VCPU_RUNNING)
			arch_cpu_kick(vcpu->cpu);
}

/* The cell is `stopped`; the memory goes, and then those asleep are woken. */
static void stop_vcpus(struct cell *cell, const struct vcpu *except)
{
	bool running = false;
	struct vcpu *vcpu;

	/* a kick changes what a guest has at its interrupt controller */
	BUG_ON(cell == &root_cell);
	for_each_vcpu(vcpu, cell)
		if (vcpu != except)
			running |= is_to_stop(vcpu);
	if (!running)
		return;
	hide(cell);
	wake(cell, except);
}

/* Both change under the lock together: it is parked, and its CPU has left it. */
static bool is_parked(struct vcpu *vcpu)
{
	struct cpu *cpu = vcpu->cpu;
	bool parked;

	/* without the lock: its CPU needs it to leave */
	if (vcpu->state == VCPU_RUNNING && cpu->running == vcpu)
		return false;
	spin_lock(&cpu->lock);
	parked = !is_on_its_cpu(vcpu) && cpu->leaving != vcpu;
	spin_unlock(&cpu->lock);
	return parked;
}

/* The first vcpu of the cell that is not parked in time, or NULL. */
static struct vcpu *wait_parked(const struct cell *cell)
{
	u64 end = control_deadline(ANSWER_TIMEOUT_MS);
	u64 again = control_deadline(KICK_AGAIN_MS), now;
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell) {
		while (!is_parked(vcpu)) {
			cpu_relax();
			now = arch_counter();
			if (now > end)
				return vcpu;
			/* another of its CPUs may just have undone the kick */
			if (now > again) {
				wake(cell, NULL);
				again = control_deadline(KICK_AGAIN_MS);
			}
		}
	}
	return NULL;
}

int control_park_cell(struct cell *cell)
{
	struct vcpu *vcpu;

	stop_vcpus(cell, NULL);
	vcpu = wait_parked(cell);
	if (vcpu)
		return refuse(-EIO, "CPU %u of cell \"%s\" does not answer the hypervisor, its guest sleeps out of reach: reset the machine, and give such a cell JAILHOUSE_CELL_TRAP_WFI",
			      vcpu->cpu->id, cell->config->name);
	show(cell);
	return 0;
}

void control_stop_others(struct cell *cell)
{
	stop_vcpus(cell, arch_this_vcpu());
}

int control_start_vcpu(struct cell *cell, struct vcpu *vcpu, u64 address, u64 arg)
{
	int err = 0;

	spin_lock(&vcpu->cpu->lock);
	if (vcpu->cell != cell)
		err = -EINVAL;
	else if (cell->stopped || vcpu->failed)
		err = -EPERM;
	else if (vcpu->state != VCPU_PARKED)
		err = -EBUSY;
	else if (vcpu->command != VCPU_CMD_NONE)
		err = -EAGAIN;
	if (!err) {
		vcpu->start_address = address;
		vcpu->start_arg = arg;
		/* of another cell, perhaps: as if there had been one since */
		vcpu->mem_updates = cell->mem.updates - 1;
		vcpu->command = VCPU_CMD_START;
		share_wake(vcpu);
		/* with the lock held: never when its guest runs already */
		arch_cpu_kick(vcpu->cpu);
	}
	spin_unlock(&vcpu->cpu->lock);
	return err;
}

int control_move_cpu(struct cpu *cpu, struct cell *from, struct cell *to)
{
	struct vcpu *vcpu = cpu->vcpu;
	int err = -EBUSY;

	spin_lock(&cpu->lock);
	if (vcpu->cell == from && vcpu->state != VCPU_RUNNING &&
	    vcpu->command == VCPU_CMD_NONE) {
		vcpu->cell = to;
		vcpu->failed = false;
		memset(vcpu->stats, 0, sizeof(vcpu->stats));
		from->cpus &= ~cpu_bit(cpu);
		to->cpus |= cpu_bit(cpu);
		err = 0;
	}
	spin_unlock(&cpu->lock);
	return err;
}

/* Takes the command of a parked vcpu, if there is one. */
static enum vcpu_command take_command(struct vcpu *vcpu)
{
	enum vcpu_command command;
	struct cpu *cpu = vcpu->cpu;

	spin_lock(&cpu->lock);
	command = vcpu->command;
	vcpu->command = VCPU_CMD_NONE;
	if (command == VCPU_CMD_START)
		vcpu->state = VCPU_RUNNING;
	spin_unlock(&cpu->lock);
	return command;
}

void control_park_self(void)
{
	struct vcpu *vcpu = arch_this_vcpu();
	struct cpu *cpu = vcpu->cpu;

	if (share_is_guest(vcpu))
		share_park();
	arch_cpu_park();
	spin_lock(&cpu->lock);
	vcpu->state = VCPU_PARKED;
	spin_unlock(&cpu->lock);

	for (;;) {
		/* acknowledge first: a kick after that ends the wait */
		arch_cpu_ack_kick();
		switch (take_command(vcpu)) {
		case VCPU_CMD_START:
			arch_vcpu_start(vcpu);
		case VCPU_CMD_OFF:
			vcpu->state = VCPU_OFF;
			arch_cpu_off(cpu);
			break;
		default:
			arch_cpu_wait();
		}
	}
}

void control_end_stopped(void)
{
	arch_this_vcpu()->stats[JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT]++;
	fault_record_place();
	control_park_self();
}

static int switch_off(struct cpu *cpu)
{
	u64 end = control_deadline(ANSWER_TIMEOUT_MS);

	spin_lock(&cpu->lock);
	cpu->vcpu->command = VCPU_CMD_OFF;
	/* with the lock held, as in control_start_vcpu() */
	arch_cpu_kick(cpu);
	spin_unlock(&cpu->lock);

	while (!arch_cpu_is_off(cpu)) {
		cpu_relax();
		if (arch_counter() > end)
			return refuse(-EIO, "the firmware does not switch CPU %u off",
				      cpu->id);
	}
	return 0;
}

int control_switch_off_parked(void)
{
	struct cpu *cpu;
	int err;

	for_each_cpu(cpu, root_cell.cpus) {
		if (cpu->vcpu->state != VCPU_PARKED)
			continue;
		err = switch_off(cpu);
		if (err)
			return err;
	}
	return 0;
}
