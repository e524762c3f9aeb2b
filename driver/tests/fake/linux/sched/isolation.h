/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_SCHED_ISOLATION_H
#define FAKE_LINUX_SCHED_ISOLATION_H

#include <linux/cpumask.h>

enum hk_type {
	HK_TYPE_TICK,
	HK_TYPE_DOMAIN,
	FAKE_HK_TYPES,
};

#define housekeeping_enabled(type)	(fake_linux.housekeeping[type] != 0)
#define housekeeping_cpumask(type)	fake_housekeeping(type)

const struct cpumask *fake_housekeeping(enum hk_type type);

#endif /* FAKE_LINUX_SCHED_ISOLATION_H */
