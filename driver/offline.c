// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/sched/signal.h>

#include "error.h"
#include "offline.h"

/* A thread's bandwidth is a fraction of a CPU, with so many bits. */
#define BANDWIDTH_BITS	20
/* Linux's default (sched_rt_runtime_us): deadlines get so much of each CPU. */
#define DEADLINES_PERCENT	95

struct deadlines {
	unsigned int threads;
	u64 percent;		/* of one CPU, reserved by all */
	pid_t pid;		/* of one of them, and its name */
	char name[TASK_COMM_LEN];
};

static void find_deadlines(struct deadlines *found)
{
	struct task_struct *process, *thread;
	u64 bandwidth = 0;

	rcu_read_lock();
	for_each_process_thread(process, thread) {
		/* the kernel's own are not counted when a CPU goes */
		if (thread->policy != SCHED_DEADLINE || thread->flags & PF_KTHREAD)
			continue;
		found->threads++;
		bandwidth += thread->dl.dl_bw;
		found->pid = task_pid_nr(thread);
		strscpy(found->name, thread->comm, sizeof(found->name));
	}
	rcu_read_unlock();
	found->percent = bandwidth * 100 >> BANDWIDTH_BITS;
}

static bool is_last_general(unsigned int cpu)
{
	unsigned int other;

	for_each_online_cpu(other)
		if (other != cpu &&
		    cpumask_test_cpu(other, housekeeping_cpumask(HK_TYPE_DOMAIN)))
			return false;
	return true;
}

static int refused_busy(struct jailhouse_error *err, unsigned int cpu)
{
	struct deadlines deadlines = {};

	if (is_last_general(cpu))
		return error_set(err, -EBUSY, "Linux must keep CPU %u: it is the last online one that isolcpus= leaves to all programs",
				 cpu);
	find_deadlines(&deadlines);
	if (deadlines.percent <= DEADLINES_PERCENT * (num_online_cpus() - 1) &&
	    housekeeping_enabled(HK_TYPE_TICK) &&
	    cpumask_test_cpu(cpu, housekeeping_cpumask(HK_TYPE_TICK)))
		return error_set(err, -EBUSY, "Linux must keep CPU %u: it keeps the time for those of nohz_full=",
				 cpu);
	if (deadlines.threads)
		return error_set(err, -EBUSY, "Linux must keep CPU %u: threads with deadlines (SCHED_DEADLINE), among them %d (%s), have reserved %llu %% of a CPU, which the other CPUs that they may use do not have; end some, or give them more CPUs",
				 cpu, deadlines.pid, deadlines.name,
				 deadlines.percent);
	return error_set(err, -EBUSY, "Linux must keep CPU %u: one of its drivers or cpusets needs it, or CPU hotplug is off for the moment (suspend, kexec); the kernel log may say more",
			 cpu);
}

int offline_refused(struct jailhouse_error *err, unsigned int cpu, int code)
{
	struct device *dev = get_cpu_device(cpu);

	if (code == -EBUSY)
		return refused_busy(err, cpu);
	if (code == -EPERM && dev && dev->offline_disabled) {
		if (container_of(dev, struct cpu, dev)->hotpluggable)
			return error_set(err, code, "Linux must keep CPU %u: it is the last one that runs 32-bit programs",
					 cpu);
		return error_set(err, code, "Linux must keep CPU %u: firmware cannot switch it off, or has its trusted OS there (PSCI MIGRATE_INFO_TYPE)",
				 cpu);
	}
	if (code == -EOPNOTSUPP)
		return error_set(err, code, "Linux must keep CPU %u: firmware has no call to switch CPUs off (PSCI CPU_OFF), or the kernel forbids it",
				 cpu);
	return error_set(err, code, "Linux cannot take CPU %u offline (error %d): see the kernel log",
			 cpu, code);
}
