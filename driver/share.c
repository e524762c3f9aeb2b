// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#include <cellblock/loader.h>

#include "el2/hyp.h"
#include "error.h"
#include "share.h"

/* For interrupts that Linux has to take first. */
#define END_MS		1000

/* Written with main_lock and Linux's lock of CPU hotplug held; the callback has the latter. */
static struct cpumask kept;
/* of these, those that the hypervisor knows of; main_lock */
static struct cpumask known;

static DEFINE_PER_CPU(ktime_t, since);

static enum cpuhp_state hotplug_state;

/* Linux wants to switch a CPU off. */
static int keep(unsigned int cpu)
{
	if (!cpumask_test_cpu(cpu, &kept))
		return 0;
	pr_notice("CPU %u cannot go offline: a cell shares it\n", cpu);
	return -EBUSY;
}

int share_init(struct jailhouse_error *err)
{
	int ret = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "cellblock:share",
					    NULL, keep);

	if (ret < 0)
		return error_set(err, ret, "cannot follow CPU hotplug (error %d)",
				 ret);
	hotplug_state = ret;
	return 0;
}

void share_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

/* All of them are online, and stay so. */
static int keep_online(const struct cpumask *cpus, struct jailhouse_error *err)
{
	struct cpumask offline;
	int ret = 0;

	cpus_read_lock();
	if (cpumask_andnot(&offline, cpus, cpu_online_mask))
		ret = error_set(err, -EINVAL, "CPU %u is not online: a cell shares CPUs that Linux has online, %*pbl",
				cpumask_first(&offline),
				cpumask_pr_args(cpu_online_mask));
	else
		cpumask_or(&kept, &kept, cpus);
	cpus_read_unlock();
	return ret;
}

/* In a thread of the CPU: no interrupt of Linux is active there. */
static int tell(void *share)
{
	return (int)hyp_call(CELLBLOCK_HC_CPU_SHARE, *(const bool *)share, 0);
}

int share_begin(const struct cpumask *cpus, struct jailhouse_error *err)
{
	unsigned int cpu;
	bool share = true;
	int ret;

	ret = keep_online(cpus, err);
	if (ret)
		return ret;
	for_each_cpu(cpu, cpus) {
		per_cpu(since, cpu) = ktime_get();
		ret = smp_call_on_cpu(cpu, tell, &share, false);
		if (ret < 0) {
			hyp_refused(err, ret, "the hypervisor cannot share CPU %u", cpu);
			share_end(cpus);
			return ret;
		}
		cpumask_set_cpu(cpu, &known);
	}
	return 0;
}

/* -EAGAIN: an interrupt is on its way to Linux, which takes it between two attempts. */
static int end_one(unsigned int cpu)
{
	bool share = false;
	int ret, ms;

	for (ms = 0; ms < END_MS; ms++) {
		ret = smp_call_on_cpu(cpu, tell, &share, false);
		if (ret != -EAGAIN)
			break;
		usleep_range(1000, 1500);
	}
	return ret;
}

void share_end(const struct cpumask *cpus)
{
	unsigned int cpu;
	int ret;

	for_each_cpu(cpu, cpus) {
		if (!cpumask_test_cpu(cpu, &known))
			continue;
		ret = end_one(cpu);
		if (ret < 0)
			pr_err("CPU %u is still shared (error %d): please report it\n",
			       cpu, ret);
		else
			cpumask_clear_cpu(cpu, &known);
	}
	cpus_read_lock();
	cpumask_andnot(&kept, &kept, cpus);
	cpus_read_unlock();
}

const struct cpumask *share_cpus(void)
{
	return &known;
}

ktime_t share_since(unsigned int cpu)
{
	return per_cpu(since, cpu);
}
