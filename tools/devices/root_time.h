/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_ROOT_TIME_H
#define DEVICES_ROOT_TIME_H

#include <jailhouse/types.h>

/* CLOCK_REALTIME in ns, and *@counter: what the system counter was then. */
u64 root_time(u64 *counter);

#endif /* DEVICES_ROOT_TIME_H */
