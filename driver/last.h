/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_LAST_H
#define DRIVER_LAST_H

/*
 * The log of a hypervisor that was at work before a warm reset, if the firmware has
 * kept RAM, and Linux has not used it for something else yet.
 */

#include <linux/types.h>

/**
 * last_init() - look for it, and copy it
 *
 * Context: when the module is loaded, after ram_init().
 */
void last_init(void);

/**
 * last_log() - what was found
 * @log: receives the text, which is not terminated
 *
 * Return: the number of its characters; 0: nothing was found.
 */
size_t last_log(const char **log);

#endif /* DRIVER_LAST_H */
