/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SWITCH_H
#define DRIVER_SWITCH_H

/*
 * All CPUs of Linux come under the hypervisor at once, and leave it at once:
 * in stop_machine(), with the gate of hyp.c closed.
 */

#include <linux/types.h>

struct cellblock_shared;
struct jailhouse_error;

/**
 * switch_enter() - the hypervisor takes over the CPUs
 * @entry: physical address of the image's entry point, which has done
 *	   CELLBLOCK_OP_INIT
 * @shared: where the hypervisor's texts are
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then it has no CPU.
 */
int switch_enter(phys_addr_t entry, const struct cellblock_shared *shared,
		 struct jailhouse_error *err);

/**
 * switch_leave() - the hypervisor gives the CPUs back; there are no cells
 * @shared: where its texts are
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then the hypervisor stays enabled.
 */
int switch_leave(const struct cellblock_shared *shared,
		 struct jailhouse_error *err);

#endif /* DRIVER_SWITCH_H */
