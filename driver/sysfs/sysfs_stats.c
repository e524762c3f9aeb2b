// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/slab.h>
#include <linux/sysfs.h>

#include <jailhouse/hypercall.h>

#include "cell/cell.h"
#include "el2/hyp.h"
#include "sysfs/sysfs_stats.h"

/* statistics/ of a cell, or of one of its CPUs */
struct stats_dir {
	struct kobject kobj;
	struct list_head node;		/* in the cell's cpu_stats */
	struct cell *cell;
	int cpu;			/* -1: the sum of all */
};

struct stats_attr {
	struct kobj_attribute attr;
	unsigned int counter;
};

long stats_info(const struct cell *cell, unsigned int cpu, u64 type)
{
	return hyp_call(JAILHOUSE_HC_CPU_GET_INFO, cpu, (u64)cell->id << 32 | type);
}

static unsigned long counter_of(const struct cell *cell, unsigned int cpu,
				unsigned int counter)
{
	long ret = stats_info(cell, cpu, JAILHOUSE_CPU_INFO_STAT_BASE + counter);

	return ret < 0 ? 0 : ret;
}

static unsigned long sum_of(const struct cell *cell, const struct cpumask *cpus,
			    unsigned int counter)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_cpu(cpu, cpus)
		sum += counter_of(cell, cpu, counter);
	return sum;
}

static ssize_t stats_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	struct stats_attr *stats = container_of(attr, struct stats_attr, attr);
	struct stats_dir *dir = container_of(kobj, struct stats_dir, kobj);
	const struct cell *cell = dir->cell;

	return sysfs_emit(buf, "%lu\n", dir->cpu >= 0 ?
			  counter_of(cell, dir->cpu, stats->counter) :
			  sum_of(cell, &cell->cpus, stats->counter) +
			  sum_of(cell, &cell->shared, stats->counter));
}

#define STATS_ATTR(_name, _counter)					\
	static struct stats_attr stats_##_name = {			\
		.attr = __ATTR(_name, 0444, stats_show, NULL),		\
		.counter = JAILHOUSE_CPU_STAT_##_counter,		\
	}

STATS_ATTR(vmexits_total, VMEXITS_TOTAL);
STATS_ATTR(vmexits_mmio, VMEXITS_MMIO);
STATS_ATTR(vmexits_management, VMEXITS_MANAGEMENT);
STATS_ATTR(vmexits_hypercall, VMEXITS_HYPERCALL);
STATS_ATTR(vmexits_maintenance, VMEXITS_MAINTENANCE);
STATS_ATTR(vmexits_virt_irq, VMEXITS_VIRQ);
STATS_ATTR(vmexits_virt_sgi, VMEXITS_VSGI);
STATS_ATTR(vmexits_psci, VMEXITS_PSCI);
STATS_ATTR(vmexits_smccc, VMEXITS_SMCCC);

static struct attribute *stats_attrs[] = {
	&stats_vmexits_total.attr.attr,
	&stats_vmexits_mmio.attr.attr,
	&stats_vmexits_management.attr.attr,
	&stats_vmexits_hypercall.attr.attr,
	&stats_vmexits_maintenance.attr.attr,
	&stats_vmexits_virt_irq.attr.attr,
	&stats_vmexits_virt_sgi.attr.attr,
	&stats_vmexits_psci.attr.attr,
	&stats_vmexits_smccc.attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(stats);

static_assert(ARRAY_SIZE(stats_attrs) == JAILHOUSE_NUM_CPU_STATS + 1);

static void stats_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct stats_dir, kobj));
}

static struct kobj_type stats_type = {
	.release = stats_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = stats_groups,
};

static struct stats_dir *add_stats(struct cell *cell, struct kobject *parent,
				   int cpu)
{
	struct stats_dir *dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	int ret;

	if (!dir)
		return NULL;
	dir->cell = cell;
	dir->cpu = cpu;
	ret = kobject_init_and_add(&dir->kobj, &stats_type, parent,
				   cpu < 0 ? "statistics" : "cpu%d", cpu);
	if (ret) {
		kobject_put(&dir->kobj);
		return NULL;
	}
	return dir;
}

static void remove_stats(struct stats_dir *dir)
{
	/* waits for those who read the files */
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
}

void sysfs_stats_remove_cpus(struct cell *cell, const struct cpumask *cpus)
{
	struct stats_dir *dir, *next;

	list_for_each_entry_safe(dir, next, &cell->cpu_stats, node) {
		if (!cpumask_test_cpu(dir->cpu, cpus))
			continue;
		list_del(&dir->node);
		remove_stats(dir);
	}
}

int sysfs_stats_add_cpus(struct cell *cell, const struct cpumask *cpus)
{
	struct stats_dir *dir;
	unsigned int cpu;

	for_each_cpu(cpu, cpus) {
		dir = add_stats(cell, &cell->stats->kobj, cpu);
		if (!dir) {
			sysfs_stats_remove_cpus(cell, cpus);
			return -ENOMEM;
		}
		list_add_tail(&dir->node, &cell->cpu_stats);
	}
	return 0;
}

int sysfs_stats_add(struct cell *cell)
{
	int ret;

	cell->stats = add_stats(cell, &cell->kobj, -1);
	if (!cell->stats)
		return -ENOMEM;
	ret = sysfs_stats_add_cpus(cell, &cell->cpus);
	return ret ?: sysfs_stats_add_cpus(cell, &cell->shared);
}

void sysfs_stats_remove(struct cell *cell)
{
	sysfs_stats_remove_cpus(cell, cpu_possible_mask);
	if (cell->stats)
		remove_stats(cell->stats);
}
