// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>

#include <cellblock/loader.h>

#include "cpus.h"
#include "el2/hyp.h"
#include "error.h"
#include "offline.h"

/* For the last instructions of Linux on a CPU that it has switched off. */
#define PARK_MS		1000

/* Written with main_lock held, read by the hotplug callback without. */
static struct cpumask root_cpus;	/* of the system configuration */
static struct cpumask cell_cpus;	/* of these, those of cells */
static struct cpumask removed;		/* of these, those to bring back */

static enum cpuhp_state hotplug_state;

/* Linux wants to switch a CPU on. */
static int prepare(unsigned int cpu)
{
	if (!cpumask_test_cpu(cpu, &root_cpus)) {
		pr_notice("CPU %u cannot come online: the system configuration does not name it\n",
			  cpu);
		return -EPERM;
	}
	if (cpumask_test_cpu(cpu, &cell_cpus)) {
		pr_notice("CPU %u cannot come online: it belongs to a cell\n",
			  cpu);
		return -EBUSY;
	}
	return 0;
}

static int compare_with_linux(const struct cpumask *root,
			      struct jailhouse_error *err)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		bool online = cpu_online(cpu);

		if (online == cpumask_test_cpu(cpu, root))
			continue;
		return error_set(err, -EINVAL, "CPU %u is %s Linux but %s the system configuration: Linux has the CPUs %*pbl online, the configuration names %*pbl",
				 cpu, online ? "online in" : "not online in",
				 online ? "missing in" : "part of",
				 cpumask_pr_args(cpu_online_mask),
				 cpumask_pr_args(root));
	}
	if (cpumask_last(root) >= CELLBLOCK_MAX_CPUS)
		return error_set(err, -E2BIG, "CPU %u: this release supports the CPUs 0 to %d",
				 cpumask_last(root), CELLBLOCK_MAX_CPUS - 1);
	return 0;
}

int cpus_init(const struct cpumask *root, struct jailhouse_error *err)
{
	int ret;

	ret = compare_with_linux(root, err);
	if (ret)
		return ret;
	cpumask_copy(&root_cpus, root);
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "cellblock:prepare",
					prepare, NULL);
	if (ret < 0)
		return error_set(err, ret, "cannot follow CPU hotplug (error %d)",
				 ret);
	hotplug_state = ret;
	return 0;
}

void cpus_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

static int check(const struct cpumask *cpus, struct jailhouse_error *err)
{
	struct cpumask rest;
	unsigned int cpu;

	for_each_cpu(cpu, cpus)
		if (!cpumask_test_cpu(cpu, &root_cpus))
			return error_set(err, -EINVAL, "CPU %u is not part of the system configuration, which names %*pbl",
					 cpu, cpumask_pr_args(&root_cpus));
	if (!cpumask_andnot(&rest, cpu_online_mask, cpus))
		return error_set(err, -EBUSY, "CPU %u is the last one that Linux has, it must stay",
				 cpumask_first(cpu_online_mask));
	return 0;
}

/* Until the hypervisor has it. It says more if this is not so. */
static void wait_parked(unsigned int cpu)
{
	int ms;

	for (ms = 0; ms < PARK_MS; ms++) {
		if (hyp_call(CELLBLOCK_HC_CPU_PARKED, cpu, 0) != 0)
			return;
		usleep_range(1000, 1500);
	}
}

static int take_one(unsigned int cpu, struct jailhouse_error *err)
{
	int ret;

	if (signal_pending(current))
		return error_interrupted(err);
	/* also if it is not online: it may be on its way, since before prepare() refused it */
	ret = remove_cpu(cpu);
	if (ret < 0)
		return offline_refused(err, cpu, ret);
	/* 1: somebody else has done it, and may undo it */
	if (!ret)
		cpumask_set_cpu(cpu, &removed);
	wait_parked(cpu);
	return 0;
}

int cpus_take(const struct cpumask *cpus, struct jailhouse_error *err)
{
	unsigned int cpu;
	int ret;

	ret = check(cpus, err);
	if (ret)
		return ret;
	/* first of all, so that nobody else switches them on */
	cpumask_or(&cell_cpus, &cell_cpus, cpus);
	for_each_cpu(cpu, cpus) {
		ret = take_one(cpu, err);
		if (ret) {
			cpus_return(cpus);
			return ret;
		}
	}
	return 0;
}

void cpus_return(const struct cpumask *cpus)
{
	unsigned int cpu;
	int ret;

	cpumask_andnot(&cell_cpus, &cell_cpus, cpus);
	for_each_cpu(cpu, cpus) {
		if (!cpumask_test_and_clear_cpu(cpu, &removed))
			continue;
		ret = add_cpu(cpu);
		if (ret < 0)
			pr_err("CPU %u did not come online again (error %d): try it by its file in /sys/devices/system/cpu\n",
			       cpu, ret);
	}
}
