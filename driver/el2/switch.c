// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/string.h>

#include <cellblock/loader.h>
#include <jailhouse/hypercall.h>

#include "el2/hyp.h"
#include "el2/switch.h"

/* for all attempts; the hypervisor waits a second in each, if a CPU does not come */
#define LEAVE_SECONDS	3

static int absent_cpu = -1;
module_param(absent_cpu, int, 0644);
MODULE_PARM_DESC(absent_cpu, "For tests: this CPU stays away when the hypervisor takes over, so that enabling fails (default -1: none)");

/* What each CPU has got as an answer. */
static int result[CELLBLOCK_MAX_CPUS];

static int enter_cpu(void *entry)
{
	unsigned int cpu = smp_processor_id();

	if ((int)cpu == absent_cpu)
		result[cpu] = -ENODEV;
	else
		result[cpu] = hyp_image_call(*(phys_addr_t *)entry,
					     CELLBLOCK_OP_ENTER, cpu);
	return 0;
}

/* The first error of any CPU. */
static int first_error(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CELLBLOCK_MAX_CPUS; cpu++)
		if (result[cpu])
			return result[cpu];
	return 0;
}

int switch_enter(phys_addr_t entry, const struct cellblock_shared *shared,
		 struct jailhouse_error *err)
{
	int ret;

	memset(result, 0, sizeof(result));
	hyp_switch_begin();
	ret = stop_machine(enter_cpu, &entry, cpu_online_mask);
	if (!ret)
		ret = first_error();
	hyp_switch_end(ret ? NULL : shared);
	if (ret)
		return hyp_image_refused(err, ret, shared, "take over the CPUs");
	return 0;
}

static int leave_cpu(void *unused)
{
	result[smp_processor_id()] = (int)jailhouse_call(JAILHOUSE_HC_DISABLE);
	return 0;
}

static int try_leave(void)
{
	int ret;

	memset(result, 0, sizeof(result));
	ret = stop_machine(leave_cpu, NULL, cpu_online_mask);
	return ret ? ret : first_error();
}

int switch_leave(const struct cellblock_shared *shared,
		 struct jailhouse_error *err)
{
	unsigned long end = jiffies + LEAVE_SECONDS * HZ;
	int ret;

	hyp_switch_begin();
	/*
	 * -EAGAIN: Linux has an interrupt of its own to take first, and takes it between
	 * two attempts. -ETIMEDOUT: a CPU was held up, by firmware or by an emulator's host.
	 */
	while (((ret = try_leave()) == -EAGAIN || ret == -ETIMEDOUT) && time_before(jiffies, end))
		usleep_range(1000, 2000);
	hyp_switch_end(ret ? shared : NULL);
	return ret ? hyp_refused(err, ret, "the hypervisor stays enabled") : 0;
}
