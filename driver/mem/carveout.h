/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CARVEOUT_H
#define DRIVER_CARVEOUT_H

/* Carve-outs: memory that Linux lacks for as long as the hypervisor is enabled. */

struct jailhouse_error;
struct jailhouse_system;

/**
 * carveout_take() - take what root shall not have, and what it shares
 * @sys: the system configuration
 * @err: receives the sentence of a refusal
 *
 * Which is RAM that @sys does not give to root, for cells, and the sections of
 * links.
 *
 * Return: 0, or a negative errno; then nothing has changed.
 */
int carveout_take(const struct jailhouse_system *sys, struct jailhouse_error *err);

/**
 * carveout_return() - give all of it back
 *
 * Context: main_lock held, the hypervisor not enabled any more; may sleep.
 */
void carveout_return(void);

#endif /* DRIVER_CARVEOUT_H */
