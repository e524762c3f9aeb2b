/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_HYP_H
#define DRIVER_HYP_H

/*
 * Calls to EL2: Linux's stub there, the image, the hypervisor. hyp.c is the
 * only file that executes hvc.
 */

#include <linux/types.h>

struct cellblock_record;
struct cellblock_shared;
struct jailhouse_error;

/**
 * hyp_stub_answers() - is Linux's stub at EL2 of this CPU?
 *
 * Context: preemption off, the hypervisor not enabled.
 * Return: false if KVM has its own code there.
 */
bool hyp_stub_answers(void);

/**
 * hyp_reset_vectors() - ask KVM to bring the stub back to this CPU
 *
 * Whether it did so is for hyp_stub_answers() to tell.
 *
 * Context: preemption off, the hypervisor not enabled.
 */
void hyp_reset_vectors(void);

/**
 * hyp_image_call() - call the image through Linux's stub
 * @entry: physical address of the image's entry point
 * @op: CELLBLOCK_OP_*, see cellblock/loader.h
 * @cpu: this CPU
 *
 * Context: preemption off, the stub at EL2 of this CPU. CELLBLOCK_OP_ENTER: on
 * all CPUs at once, interrupts off, the gate closed.
 * Return: 0, or a negative errno; then the stub is still there.
 */
int hyp_image_call(phys_addr_t entry, unsigned long op, unsigned int cpu);

/**
 * hyp_call() - a hypercall
 * @nr: JAILHOUSE_HC_* or CELLBLOCK_HC_*
 * @arg1: its first argument
 * @arg2: its second argument
 *
 * Context: no lock needed, takes the gate; may sleep.
 * Return: as the hypercall; -ENODEV while the hypervisor is not enabled.
 */
long hyp_call(unsigned long nr, unsigned long arg1, unsigned long arg2);

/**
 * hyp_cell_record() - why and where a cell has failed, what it accessed and does not own
 * @id: of the cell
 * @record: receives that, zeros if there is none
 *
 * Context: no lock needed, takes the gate; may sleep.
 */
void hyp_cell_record(u32 id, struct cellblock_record *record);

/**
 * hyp_earlier_answers() - has a kernel before this one left the hypervisor in place?
 *
 * Context: any, no lock needed.
 * Return: false as well if EL2 is Linux's, or there is none.
 */
bool hyp_earlier_answers(void);

/**
 * hyp_call_direct() - a hypercall of somebody who knows that the hypervisor is there
 * @nr: JAILHOUSE_HC_* or CELLBLOCK_HC_*
 * @arg1: its first argument
 * @arg2: its second argument
 *
 * Context: any; hyp_earlier_answers(), or a cell is there and stays meanwhile. Then it is
 * one of those that do not manage cells.
 * Return: as the hypercall.
 */
long hyp_call_direct(unsigned long nr, unsigned long arg1, unsigned long arg2);

/**
 * hyp_switch_begin() - close the gate
 *
 * Nobody is in hyp_call() until hyp_switch_end(), so that the hypervisor can
 * come or go.
 *
 * Context: main_lock held; may sleep.
 */
void hyp_switch_begin(void);

/**
 * hyp_switch_end() - open the gate again
 * @shared: where the hypervisor's texts are; NULL: it is not enabled now
 */
void hyp_switch_end(const struct cellblock_shared *shared);

/**
 * hyp_is_enabled() - is the hypervisor enabled?
 *
 * Context: any, no lock needed; stays true or false under main_lock only.
 */
bool hyp_is_enabled(void);

/**
 * hyp_refused() - say why a hypercall was refused
 * @err: receives the hypervisor's sentence or, if it has none, this one:
 * @code: what the hypercall has returned
 * @fmt: as for printk(), without a newline; @code is added
 *
 * Context: no lock needed, takes the gate; may sleep.
 * Return: @code.
 */
__printf(3, 4)
int hyp_refused(struct jailhouse_error *err, int code, const char *fmt, ...);

/**
 * hyp_image_refused() - say why the image has refused to start or to take over
 * @err: receives its sentence or, if it has none, one with @step
 * @code: what hyp_image_call() has returned
 * @shared: the page it has written to, with its caches off
 * @step: what it was to do, in words
 *
 * Return: @code.
 */
int hyp_image_refused(struct jailhouse_error *err, int code,
		      const struct cellblock_shared *shared, const char *step);

#endif /* DRIVER_HYP_H */
