/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_LINUX_CPUMASK_H
#define FAKE_LINUX_CPUMASK_H

struct cpumask {
	unsigned long bits;
};

#define cpumask_test_cpu(cpu, mask)	((mask)->bits >> (cpu) & 1)
#define num_online_cpus()	((unsigned int)__builtin_popcountl(fake_linux.online))
#define for_each_online_cpu(cpu)				\
	for ((cpu) = 0; (cpu) < FAKE_CPUS; (cpu)++)		\
		if (fake_linux.online >> (cpu) & 1)

#endif /* FAKE_LINUX_CPUMASK_H */
