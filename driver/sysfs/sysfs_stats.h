/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_STATS_H
#define DRIVER_SYSFS_STATS_H

/*
 * The folder statistics/ of a cell: counters of the hypervisor, in files for
 * the sum of the cell's CPUs and in a folder for each of them.
 */

struct cell;
struct cpumask;

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
