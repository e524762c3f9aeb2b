/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_POWER_H
#define TOOLS_POWER_H

/* The power key that cell-devices has for a cell. */

#include <uapi/jailhouse.h>

/*
 * If the cell @id runs and has such a key that its guest listens to: press it, and wait
 * until the guest has shut down, at most POWER_SECONDS. EXIT_DONE, also without a key or a
 * cell, or EXIT_REFUSED (said) if it has not.
 */
int power_off(const struct jailhouse_cell_id *id);

#define POWER_SECONDS	90

#endif /* TOOLS_POWER_H */
