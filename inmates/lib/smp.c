// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

/* Affinities tried: clusters of up to 16, and machines with one CPU at Aff1. */
#define PROBE_AFF0		16
#define PROBE_AFF1		16
#define PROBE_AFF2		2

struct cpu {
	u64 mpidr;
	void (*entry)(void);
};

void secondary_start(void);

static struct cpu cpus[INMATE_MAX_CPUS];
static unsigned int num_cpus;

static void probe(u64 mpidr)
{
	int info;

	if (num_cpus == INMATE_MAX_CPUS || mpidr == cpu_mpidr())
		return;
	info = psci_affinity_info(mpidr);
	if (info >= PSCI_AFF_ON && info <= PSCI_AFF_ON_PENDING)
		cpus[num_cpus++].mpidr = mpidr;
}

unsigned int smp_num_cpus(void)
{
	if (num_cpus)
		return num_cpus;

	cpus[num_cpus++].mpidr = cpu_mpidr();
	for (u64 aff2 = 0; aff2 < PROBE_AFF2; aff2++)
		for (u64 aff1 = 0; aff1 < PROBE_AFF1; aff1++)
			for (u64 aff0 = 0; aff0 < PROBE_AFF0; aff0++)
				probe(aff2 << 16 | aff1 << 8 | aff0);
	return num_cpus;
}

u64 smp_mpidr(unsigned int cpu)
{
	return cpus[cpu].mpidr;
}

int smp_start_cpu(unsigned int cpu, void (*entry)(void))
{
	if (cpu >= smp_num_cpus())
		return PSCI_INVALID_PARAMETERS;
	atomic_set(&cpus[cpu].entry, entry);
	dsb();
	return psci_cpu_on(cpus[cpu].mpidr, (u64)secondary_start, cpu);
}

bool smp_wait_off(unsigned int cpu, unsigned int timeout_ms)
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(timeout_ms * 1000000ULL);

	while (psci_affinity_info(cpus[cpu].mpidr) != PSCI_AFF_OFF) {
		if (timer_get_ticks() > end)
			return false;
		cpu_relax();
	}
	return true;
}

void secondary_main(void)
{
	void (*entry)(void) = atomic_read(&cpus[cpu_id()].entry);

	entry();
	stop();
}
