/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CHECK_H
#define DRIVER_CHECK_H

#include <linux/types.h>

/*
 * What Linux and its firmware have to be like for the hypervisor. Nothing is
 * changed here.
 */

struct jailhouse_error;

/**
 * check_el2() - is EL2 there, and free?
 * @err: receives why not
 *
 * Context: any, no lock needed.
 * Return: 0 or -ENODEV.
 */
int check_el2(struct jailhouse_error *err);

/**
 * check_counter() - do all CPUs know the system counter's frequency?
 * @err: receives which one does not
 *
 * Linux may have it from the device tree; hypervisor and cells have the register.
 *
 * Context: may sleep, no lock needed.
 * Return: 0 or -ENODEV.
 */
int check_counter(struct jailhouse_error *err);

/**
 * check_masking() - does Linux mask interrupts by their priority?
 *
 * Context: any, no lock needed.
 * Return: the flag that the root cell needs for that, or 0.
 */
u32 check_masking(void);

#endif /* DRIVER_CHECK_H */
