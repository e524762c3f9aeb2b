/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_SYSFS_PARAVIRT_H
#define DRIVER_SYSFS_PARAVIRT_H

/*
 * The file paravirt of a cell: what its guest says of CPUs that it shares, words for
 * each where it says anything (cellblock/paravirt.h).
 */
extern struct kobj_attribute sysfs_paravirt_attr;

#endif /* DRIVER_SYSFS_PARAVIRT_H */
