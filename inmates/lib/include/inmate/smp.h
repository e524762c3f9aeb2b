/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_SMP_H
#define INMATE_SMP_H

#include <jailhouse/types.h>

/*
 * The CPUs of the cell: CPU 0 is the one that started, the others are found by
 * asking AFFINITY_INFO for every affinity that a machine of our size can have.
 */

/* Number of CPUs of the cell, at most INMATE_MAX_CPUS. */
unsigned int smp_num_cpus(void);

/* Affinity of a CPU below smp_num_cpus(). */
u64 smp_mpidr(unsigned int cpu);

/*
 * Starts a CPU: entry runs there with interrupts masked; when it returns, the
 * CPU is switched off. Returns PSCI's answer.
 */
int smp_start_cpu(unsigned int cpu, void (*entry)(void));

/* Waits until a CPU is off; false if it was not within timeout_ms. */
bool smp_wait_off(unsigned int cpu, unsigned int timeout_ms);

/* Called by start.S on a CPU that has just come on. */
void secondary_main(void);

#endif /* INMATE_SMP_H */
