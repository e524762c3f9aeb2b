/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_ENABLE_H
#define DRIVER_ENABLE_H

/* The hypervisor comes and goes. */

#include <linux/types.h>

struct jailhouse_error;
struct jailhouse_system;

/**
 * enable_system() - enable the hypervisor
 * @config: the system configuration, in user space
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then nothing has changed.
 */
int enable_system(const void __user *config, struct jailhouse_error *err);

/**
 * enable_try() - what enable_system() does before the CPUs enter the hypervisor
 * @config: the system configuration, in user space
 * @err: receives the sentence of a refusal
 *
 * All of it is undone.
 *
 * Return: 0, or a negative errno: enabling would be refused.
 */
int enable_try(const void __user *config, struct jailhouse_error *err);

/**
 * disable_system() - destroy all cells and disable the hypervisor
 * @force: do not ask the cells
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno; then the hypervisor stays enabled.
 */
int disable_system(bool force, struct jailhouse_error *err);

/**
 * enable_config() - the system configuration
 *
 * Context: main_lock held, or what asks is gone before the hypervisor is
 * disabled.
 * Return: NULL while it is neither enabled nor being so.
 */
const struct jailhouse_system *enable_config(void);

#endif /* DRIVER_ENABLE_H */
