/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_CPU_H
#define FAKE_LINUX_CPU_H

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

struct device {
	bool offline_disabled;
};

struct cpu {
	bool hotpluggable;
	struct device dev;
};

struct device *get_cpu_device(unsigned int cpu);

#endif /* FAKE_LINUX_CPU_H */
