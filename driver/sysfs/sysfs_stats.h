/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_STATS_H
#define DRIVER_SYSFS_STATS_H

/*
 * The folder statistics/ of a cell: counters of the hypervisor, in files for
 * the sum of the cell's CPUs and in a folder for each of them.
 */

#include <linux/types.h>

struct cell;
struct cpumask;

/**
 * stats_info() - what the hypervisor says of a CPU as a cell has it
 * @cell: this one; of root also for CPUs of others that are not shared
 * @cpu: the CPU
 * @type: CPU_GET_INFO's
 *
 * Return: that, or a negative errno.
 */
long stats_info(const struct cell *cell, unsigned int cpu, u64 type);

/**
 * sysfs_stats_add() - make the folder
 * @cell: of this cell, with all CPUs that it has
 *
 * Return: 0, or -ENOMEM; then sysfs_stats_remove() is still needed.
 */
int sysfs_stats_add(struct cell *cell);

/**
 * sysfs_stats_remove() - remove the folder
 * @cell: of this cell; waits for those who read the files
 */
void sysfs_stats_remove(struct cell *cell);

/**
 * sysfs_stats_add_cpus() - make the folders of CPUs that a cell gets
 * @cell: this one
 * @cpus: these
 *
 * Return: 0, or -ENOMEM and no folder of @cpus.
 */
int sysfs_stats_add_cpus(struct cell *cell, const struct cpumask *cpus);

/**
 * sysfs_stats_remove_cpus() - remove the folders of CPUs that a cell loses
 * @cell: this one; waits for those who read the files
 * @cpus: these; the same if they have none
 */
void sysfs_stats_remove_cpus(struct cell *cell, const struct cpumask *cpus);

#endif /* DRIVER_SYSFS_STATS_H */
