/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SHARE_H
#define DRIVER_SHARE_H

/* CPUs that Linux keeps and shares with cells. */

#include <linux/ktime.h>

struct cpumask;
struct jailhouse_error;

/**
 * share_init() - begin to follow CPU hotplug
 * @err: receives the sentence of a refusal
 *
 * Return: 0, or a negative errno.
 */
int share_init(struct jailhouse_error *err);
void share_exit(void);

/**
 * share_begin() - share CPUs, or none of them
 * @cpus: these, which no cell shares yet
 * @err: receives the sentence of a refusal
 *
 * From here to share_end() Linux cannot switch them off, and its interrupts come
 * by the hypervisor there.
 *
 * Context: main_lock held, not Linux's lock of CPU hotplug; may sleep.
 * Return: 0, or a negative errno.
 */
int share_begin(const struct cpumask *cpus, struct jailhouse_error *err);

/**
 * share_end() - share CPUs no longer
 * @cpus: these, which no cell shares now
 *
 * Context: main_lock held, not Linux's lock of CPU hotplug; may sleep.
 */
void share_end(const struct cpumask *cpus);

/* Those that are shared now; for a reader without main_lock, the set of a while ago. */
const struct cpumask *share_cpus(void);

/* When the last share_begin() of the CPU was. */
ktime_t share_since(unsigned int cpu);

#endif /* DRIVER_SHARE_H */
