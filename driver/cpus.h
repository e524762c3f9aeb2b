/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CPUS_H
#define DRIVER_CPUS_H

/* CPUs taken from Linux, by CPU hotplug, and which of them it may have. */

struct cpumask;
struct jailhouse_error;

/**
 * cpus_init() - check that Linux has exactly the CPUs that root is to have
 * @root: the CPUs of the system configuration
 * @err: receives the sentence of a refusal
 *
 * From here to cpus_exit() Linux cannot switch on any other CPU.
 *
 * Return: 0, or a negative errno.
 */
int cpus_init(const struct cpumask *root, struct jailhouse_error *err);
void cpus_exit(void);

/**
 * cpus_take() - take CPUs from Linux, or none of them
 * @cpus: these, which no other cell must have
 * @err: receives the sentence of a refusal
 *
 * Waits until each is parked in the hypervisor, up to a second; if one is not,
 * the hypervisor will refuse to create the cell.
 *
 * Context: main_lock held, not Linux's lock of CPU hotplug; may sleep.
 * Return: 0, -EINTR on a signal, or another negative errno.
 */
int cpus_take(const struct cpumask *cpus, struct jailhouse_error *err);

/**
 * cpus_return() - give CPUs back
 * @cpus: these, as they were taken
 *
 * Those that were online before come online again; one that does not is
 * reported in the kernel's log.
 *
 * Context: main_lock held, not Linux's lock of CPU hotplug; may sleep.
 */
void cpus_return(const struct cpumask *cpus);

#endif /* DRIVER_CPUS_H */
