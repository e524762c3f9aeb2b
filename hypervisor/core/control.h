/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_CONTROL_H
#define CORE_CONTROL_H

#include <core/arch.h>
#include <core/cell.h>

/*
 * Starting and stopping of CPUs. A CPU is commanded through the struct vcpu that
 * it runs, and kicked. One that runs a guest is stopped by hiding the memory of
 * its cell: its next instruction is an exit, at which it parks; the kick only ends a
 * WFI. Root's running CPUs are never stopped so, or kicked.
 */

/* Held by the root CPU that serves a management hypercall. */
extern spinlock_t control_lock;
extern const struct cpu *control_holder;	/* NULL: none */

/*
 * Parks all running CPUs of a cell, not root, whose `stopped` is set. 0, and no CPU
 * has anything of it; or -EIO (refused) if one does not answer within a second: its
 * memory stays hidden.
 */
int control_park_cell(struct cell *cell);

/*
 * Makes the other CPUs of a cell whose `stopped` is set park; no wait. The memory
 * stays hidden until control_park_cell().
 */
void control_stop_others(struct cell *cell);

/*
 * Starts a parked vcpu of @cell at @address. 0, or (not refused):
 * -EBUSY it runs, -EAGAIN it is about to, -EPERM the cell is stopped or the vcpu
 * has failed, -EINVAL not of the cell.
 */
int control_start_vcpu(struct cell *cell, struct vcpu *vcpu, u64 address, u64 arg);

/*
 * Moves a CPU whose vcpu is parked between cells; its statistics begin anew. -EBUSY (not
 * refused) if it is not parked.
 */
int control_move_cpu(struct cpu *cpu, struct cell *from, struct cell *to);

/* This CPU stops running its guest and waits for commands. */
void control_park_self(void) __attribute__((noreturn));

/*
 * Parks this CPU if its cell is being stopped. A fault begins with this: it may be
 * the end of its memory. An exit whose result depends on the cell's other CPUs or
 * on its devices ends with this: they may be stopped already, and no instruction of
 * the guest may see that.
 */
void control_end_stopped(void) __attribute__((noreturn, cold));

static inline __attribute__((always_inline)) void control_end_if_stopped(void)
{
	if (arch_this_vcpu()->cell->stopped)
		control_end_stopped();
}

/* arch_counter() in @ms milliseconds. */
u64 control_deadline(unsigned int ms);

/*
 * Gives root's parked CPUs back to the firmware. 0 or -EIO (refused).
 */
int control_switch_off_parked(void);

#endif /* CORE_CONTROL_H */
