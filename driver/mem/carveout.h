/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_KEPT_H
#define DRIVER_KEPT_H

/* Memory taken from Linux for as long as the hypervisor is enabled. */

struct jailhouse_error;
struct jailhouse_system;

/**
 * kept_take() - take what root shall not have, and what it shares
 * @sys: the system configuration
 * @err: receives the sentence of a refusal
 *
 * Which is RAM that @sys does not give to root, for cells, and the sections of
 * links.
 *
 * Return: 0, or a negative errno; then nothing has changed.
 */
int kept_take(const struct jailhouse_system *sys, struct jailhouse_error *err);

/**
 * kept_give() - give all of it back
 *
 * Context: main_lock held, the hypervisor not enabled any more; may sleep.
 */
void kept_give(void);

#endif /* DRIVER_KEPT_H */
