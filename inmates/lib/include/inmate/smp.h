/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_SMP_H
#define INMATE_SMP_H

#include <jailhouse/types.h>

/**
 * @file
 * The CPUs of the cell: CPU 0 is the one that started, the others are found by
 * asking AFFINITY_INFO for every affinity that a machine of our size can have.
 */

/**
 * Looks for the cell's CPUs, at the first call: from one CPU.
 *
 * @return their number, at most #INMATE_MAX_CPUS
 */
unsigned int smp_num_cpus(void);

/**
 * Where a CPU is in the machine.
 *
 * @param cpu	below smp_num_cpus()
 * @return its affinity, as cpu_mpidr()
 */
u64 smp_mpidr(unsigned int cpu);

/**
 * Starts a CPU, with MMU and caches on and interrupts masked.
 *
 * @param cpu	below smp_num_cpus(), and off
 * @param entry	runs there, on a stack of 12 KiB; when it returns, the CPU is
 *	switched off
 * @return PSCI's answer: #PSCI_SUCCESS, #PSCI_ALREADY_ON, ...
 */
int smp_start_cpu(unsigned int cpu, void (*entry)(void));

/**
 * Waits until a CPU is off.
 *
 * @param cpu		below smp_num_cpus()
 * @param timeout_ms	milliseconds
 * @return false: it was not
 */
bool smp_wait_off(unsigned int cpu, unsigned int timeout_ms);

/** @private Called by start.S on a CPU that has just come on. */
void secondary_main(void);

#endif /* INMATE_SMP_H */
