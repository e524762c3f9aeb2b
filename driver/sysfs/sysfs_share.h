/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_SHARE_H
#define DRIVER_SYSFS_SHARE_H

/* What a cell has had of the CPUs that it shares, in the cell's folder. */

#include <linux/sysfs.h>

/* shares: one line, for each CPU NAME=VALUE words that begin with cpu= */
extern struct kobj_attribute sysfs_shares_attr;
/* turns: its last turns on each CPU, nothing of root */
extern struct bin_attribute sysfs_turns_attr;

#endif /* DRIVER_SYSFS_SHARE_H */
