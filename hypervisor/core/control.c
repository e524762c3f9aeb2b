// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/control.h>
#include <core/fault.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

/* A CPU answers a kick in microseconds. */
#define KICK_TIMEOUT_MS		10
#define ANSWER_TIMEOUT_MS	1000

spinlock_t control_lock;

/* Makes a vcpu look at its cell's `stopped`, which is set. */
static void stop_vcpu(struct vcpu *vcpu)
{
	spin_lock(&vcpu->cpu->lock);
	/* a parked one that was told to start has not begun to */
	vcpu->command = VCPU_CMD_NONE;
	spin_unlock(&vcpu->cpu->lock);
	arch_cpu_kick(vcpu->cpu);
}

static u64 deadline(unsigned int ms)
{
	return arch_counter() + arch_counter_hz() * ms / 1000;
}

/* The first vcpu of the cell that is not parked after @ms, or NULL. */
static struct vcpu *wait_parked(const struct cell *cell, unsigned int ms)
{
	u64 end = deadline(ms);
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell) {
		while (vcpu->state != VCPU_PARKED) {
			cpu_relax();
			if (arch_counter() > end)
				return vcpu;
		}
	}
	return NULL;
}

/*
 * A guest that has its interrupts directly can keep even the kick out. Without
 * memory its next instruction ends here.
 */
static struct vcpu *park_by_fault(struct cell *cell)
{
	struct vcpu *vcpu;

	spin_lock(&cell->mm_lock);
	paging_hide(&cell->mem);
	spin_unlock(&cell->mm_lock);
	vcpu = wait_parked(cell, ANSWER_TIMEOUT_MS);
	spin_lock(&cell->mm_lock);
	paging_show(&cell->mem);
	spin_unlock(&cell->mm_lock);
	return vcpu;
}

int control_park_cell(struct cell *cell)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell)
		stop_vcpu(vcpu);
	vcpu = wait_parked(cell, KICK_TIMEOUT_MS);
	if (vcpu)
		vcpu = park_by_fault(cell);
	if (vcpu)
		return refuse(-EIO, "CPU %u of cell \"%s\" does not answer the hypervisor, its guest sleeps out of reach: reset the machine, and give such a cell the flag JAILHOUSE_CELL_TRAP_WFI",
			      vcpu->cpu->id, cell->config->name);
	return 0;
}

void control_stop_others(struct cell *cell)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, cell)
		if (vcpu != arch_this_vcpu())
			stop_vcpu(vcpu);
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
	}
	spin_unlock(&vcpu->cpu->lock);

	if (!err)
		arch_cpu_kick(vcpu->cpu);
	return err;
}

int control_move_cpu(struct cpu *cpu, struct cell *from, struct cell *to)
{
	struct vcpu *vcpu = cpu->vcpu;
	int err = -EBUSY;

	spin_lock(&cpu->lock);
	if (vcpu->cell == from && vcpu->state == VCPU_PARKED &&
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

	spin_lock(&vcpu->cpu->lock);
	command = vcpu->command;
	vcpu->command = VCPU_CMD_NONE;
	if (command == VCPU_CMD_START)
		vcpu->state = VCPU_RUNNING;
	spin_unlock(&vcpu->cpu->lock);
	return command;
}

void control_park_self(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	arch_cpu_park();
	spin_lock(&vcpu->cpu->lock);
	vcpu->state = VCPU_PARKED;
	spin_unlock(&vcpu->cpu->lock);

	for (;;) {
		/* acknowledge first: a kick after that ends the wait */
		arch_cpu_ack_kick();
		switch (take_command(vcpu)) {
		case VCPU_CMD_START:
			arch_vcpu_start(vcpu);
		case VCPU_CMD_OFF:
			vcpu->state = VCPU_OFF;
			arch_cpu_off(vcpu->cpu);
			break;
		default:
			arch_cpu_wait();
		}
	}
}

void control_end_if_stopped(void)
{
	if (arch_this_vcpu()->cell->stopped) {
		fault_record_place();
		control_park_self();
	}
}

void control_poll(void)
{
	arch_cpu_ack_kick();
	control_end_if_stopped();
}

static int switch_off(struct cpu *cpu)
{
	u64 end = deadline(ANSWER_TIMEOUT_MS);

	spin_lock(&cpu->lock);
	cpu->vcpu->command = VCPU_CMD_OFF;
	spin_unlock(&cpu->lock);
	arch_cpu_kick(cpu);

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
	struct vcpu *vcpu;
	int err;

	for_each_vcpu(vcpu, &root_cell) {
		if (vcpu->state != VCPU_PARKED)
			continue;
		err = switch_off(vcpu->cpu);
		if (err)
			return err;
	}
	return 0;
}
