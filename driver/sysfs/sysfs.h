/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_H
#define DRIVER_SYSFS_H

/*
 * /sys/devices/jailhouse. Its files are read without main_lock, so that they
 * can be while a cell is being asked for something.
 */

#include <linux/types.h>

struct cell;
struct cpumask;
struct device;
struct jailhouse_system;

/**
 * sysfs_init() - make the folder
 *
 * Context: when the module is loaded; may sleep.
 * Return: 0, or a negative errno.
 */
int sysfs_init(void);
void sysfs_exit(void);

/**
 * sysfs_device() - the device that the folder is of
 *
 * Context: any, between sysfs_init() and sysfs_exit().
 */
struct device *sysfs_device(void);

/**
 * sysfs_show_platform() - fill the folder platform
 * @config: from this system configuration; NULL: the hypervisor is not enabled
 */
void sysfs_show_platform(const struct jailhouse_system *config);

/**
 * sysfs_add_cell() - make the folder of a new cell
 * @cell: this one; its folder owns it from here on, whatever this returns
 *
 * Return: 0, or a negative errno; then @cell is freed.
 */
int sysfs_add_cell(struct cell *cell);

/**
 * sysfs_remove_cell() - remove the folder of a cell
 * @cell: this one; freed as soon as nobody uses its files
 */
void sysfs_remove_cell(struct cell *cell);

/**
 * sysfs_add_cpus() - make a statistics folder for each of the CPUs
 * @cell: of this cell
 * @cpus: these
 *
 * Return: 0, or -ENOMEM and no folder of @cpus.
 */
int sysfs_add_cpus(struct cell *cell, const struct cpumask *cpus);

/**
 * sysfs_remove_cpus() - remove the statistics folders of CPUs
 * @cell: of this cell
 * @cpus: these; without a folder is good, too
 */
void sysfs_remove_cpus(struct cell *cell, const struct cpumask *cpus);

/**
 * sysfs_cell_changed() - tell poll() and udev that a cell has changed its state
 * @cell: this one
 * @state: JAILHOUSE_CELL_*, the new one
 *
 * Context: called with the lock of watch.c held; may sleep.
 */
void sysfs_cell_changed(struct cell *cell, u32 state);

#endif /* DRIVER_SYSFS_H */
