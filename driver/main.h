/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_MAIN_H
#define DRIVER_MAIN_H

/*
 * The lock of the driver, and its device.
 *
 * main_lock is held around each ioctl, so that one works at a time. All
 * functions in the driver's headers are called with it held and may sleep,
 * unless their context says otherwise.
 *
 * Lock order, outermost first: main_lock; the lock of cell/watch.c or Linux's
 * PCI lock (rescan and remove); the gate of el2/hyp.c; Linux's lock of CPU
 * hotplug. The console's lock is taken inside main_lock or alone, and no other
 * inside it.
 */

#include <linux/types.h>

struct miscdevice;

/**
 * main_trylock() - take main_lock if it is free
 *
 * For work that whoever has main_lock may wait for.
 *
 * Context: any that may sleep, without main_lock.
 * Return: true if it was taken; give it back by main_unlock().
 */
bool main_trylock(void);

/**
 * main_unlock() - give main_lock back
 */
void main_unlock(void);

/**
 * main_device() - /dev/jailhouse
 *
 * Context: any, while it is registered.
 * Return: a device of Linux's class of misc devices, by which others of the
 * class are found.
 */
struct miscdevice *main_device(void);

#endif /* DRIVER_MAIN_H */
