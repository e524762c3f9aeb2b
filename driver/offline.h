/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_OFFLINE_H
#define DRIVER_OFFLINE_H

/* Why Linux keeps a CPU. */

struct jailhouse_error;

/**
 * offline_refused() - say why Linux has not taken a CPU offline
 * @err: receives the sentence
 * @cpu: the CPU
 * @code: what remove_cpu() returned
 *
 * Linux gives a number only. What it looks at is looked at here again.
 *
 * Context: may sleep.
 * Return: @code.
 */
int offline_refused(struct jailhouse_error *err, unsigned int cpu, int code);

#endif /* DRIVER_OFFLINE_H */
