/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_H
#define DRIVER_SYSFS_H

/*
 * /sys/devices/jailhouse. Its files are read without main_lock, so that they
 * can be while a cell is being asked for something.
 */

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

#endif /* DRIVER_SYSFS_H */
