// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/control.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

/* A CPU answers a kick in microseconds. */
#define KICK_TIMEOUT_MS		10
#define ANSWER_TIMEOUT_MS	1000

spinlock_t control_lock;

static void command_park(struct cpu *cpu)
{
	spin_lock(&cpu->lock);
	/* a parked CPU that was told to start has not begun to */
	cpu->command = cpu->state == CPU_RUNNING ? CPU_CMD_PARK : CPU_CMD_NONE;
	spin_unlock(&cpu->lock);
	arch_cpu_kick(cpu);
}

static u64 deadline(unsigned int ms)
{
	return arch_counter() + arch_counter_hz() * ms / 1000;
}

/* The first CPU of the cell that is not parked after @ms, or NULL. */
static struct cpu *wait_parked(const struct cell *cell, unsigned int ms)
{
	u64 end = deadline(ms);
	struct cpu *cpu;

	for_each_cpu(cpu, cell->cpus) {
		while (cpu->state != CPU_PARKED) {
			cpu_relax();
			if (arch_counter() > end)
				return cpu;
		}
	}
	return NULL;
}

/*
 * A guest that has its interrupts directly can keep even the kick out. Without
 * memory its next instruction ends here.
 */
static struct cpu *park_by_fault(struct cell *cell)
{
	struct cpu *cpu;

	spin_lock(&cell->mm_lock);
	paging_hide(&cell->mem);
	spin_unlock(&cell->mm_lock);
	cpu = wait_parked(cell, ANSWER_TIMEOUT_MS);
	spin_lock(&cell->mm_lock);
	paging_show(&cell->mem);
	spin_unlock(&cell->mm_lock);
	return cpu;
}

int control_park_cell(struct cell *cell)
{
	struct cpu *cpu;

	for_each_cpu(cpu, cell->cpus)
		command_park(cpu);
	cpu = wait_parked(cell, KICK_TIMEOUT_MS);
	if (cpu)
		cpu = park_by_fault(cell);
	if (cpu)
		return refuse(-EIO, "CPU %u of cell \"%s\" does not answer the hypervisor, its guest sleeps out of reach: reset the machine, and give such a cell the flag JAILHOUSE_CELL_TRAP_WFI",
			      cpu->id, cell->config->name);
	return 0;
}

void control_stop_others(struct cell *cell)
{
	struct cpu *cpu;

	for_each_cpu(cpu, cell->cpus)
		if (cpu != arch_this_cpu())
			command_park(cpu);
}

int control_start_cpu(struct cell *cell, struct cpu *cpu, u64 address, u64 arg)
{
	int err = 0;

	spin_lock(&cpu->lock);
	if (cpu->cell != cell)
		err = -EINVAL;
	else if (cell->stopped || cpu->failed)
		err = -EPERM;
	else if (cpu->state != CPU_PARKED || cpu->command != CPU_CMD_NONE)
		err = -EBUSY;
	if (!err) {
		cpu->start_address = address;
		cpu->start_arg = arg;
		cpu->command = CPU_CMD_START;
	}
	spin_unlock(&cpu->lock);

	if (!err)
		arch_cpu_kick(cpu);
	return err;
}

int control_move_cpu(struct cpu *cpu, struct cell *from, struct cell *to)
{
	int err = -EBUSY;

	spin_lock(&cpu->lock);
	if (cpu->cell == from && cpu->state == CPU_PARKED &&
	    cpu->command == CPU_CMD_NONE) {
		cpu->cell = to;
		cpu->failed = false;
		memset(cpu->stats, 0, sizeof(cpu->stats));
		from->cpus &= ~cpu_bit(cpu);
		to->cpus |= cpu_bit(cpu);
		err = 0;
	}
	spin_unlock(&cpu->lock);
	return err;
}

/* Takes the command of a parked CPU, if there is one. */
static enum cpu_command take_command(struct cpu *cpu)
{
	enum cpu_command command;

	spin_lock(&cpu->lock);
	command = cpu->command;
	cpu->command = CPU_CMD_NONE;
	if (command == CPU_CMD_START)
		cpu->state = CPU_RUNNING;
	spin_unlock(&cpu->lock);
	return command;
}

void control_park_self(void)
{
	struct cpu *cpu = arch_this_cpu();

	arch_cpu_park();
	spin_lock(&cpu->lock);
	cpu->command = CPU_CMD_NONE;
	cpu->state = CPU_PARKED;
	spin_unlock(&cpu->lock);

	for (;;) {
		/* acknowledge first: a kick after that ends the wait */
		arch_cpu_unkick();
		switch (take_command(cpu)) {
		case CPU_CMD_START:
			arch_cpu_start(cpu);
		case CPU_CMD_RELEASE:
			cpu->state = CPU_RELEASED;
			arch_cpu_release(cpu);
			break;
		default:
			arch_cpu_wait();
		}
	}
}

void control_poll(void)
{
	struct cpu *cpu = arch_this_cpu();

	arch_cpu_unkick();
	if (cpu->command == CPU_CMD_PARK)
		control_park_self();
}

static int release(struct cpu *cpu)
{
	u64 end = deadline(ANSWER_TIMEOUT_MS);

	spin_lock(&cpu->lock);
	cpu->command = CPU_CMD_RELEASE;
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

int control_release_parked(void)
{
	struct cpu *cpu;
	int err;

	for_each_cpu(cpu, root_cell.cpus) {
		if (cpu->state != CPU_PARKED)
			continue;
		err = release(cpu);
		if (err)
			return err;
	}
	return 0;
}
