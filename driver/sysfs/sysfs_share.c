// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <asm/sysreg.h>

#include <cellblock/loader.h>
#include <uapi/jailhouse.h>

#include "cell/cell.h"
#include "compat.h"
#include "share.h"
#include "sysfs/sysfs_share.h"
#include "sysfs/sysfs_stats.h"

static_assert(JAILHOUSE_CPU_TURNS == CELLBLOCK_SHARE_TURNS);

static const struct cpumask *shared_cpus(const struct cell *cell)
{
	return cell->id ? &cell->shared : share_cpus();
}

static u64 in(u64 units, long ticks)
{
	return ticks < 0 ? 0 : mul_u64_u64_div_u64(ticks, units, read_sysreg(cntfrq_el0));
}

static u64 microseconds(const struct cell *cell, unsigned int cpu, unsigned int type)
{
	return in(USEC_PER_SEC, stats_info(cell, cpu, type));
}

static int emit_share(char *buf, int len, const struct cell *cell, unsigned int cpu)
{
	ktime_t since = cell->id ? cell->created : share_since(cpu);

	return sysfs_emit_at(buf, len, "%scpu=%u used_us=%llu total_us=%lld switches=%ld "
			     "overruns=%ld longest_away_us=%llu", len ? " " : "", cpu,
			     microseconds(cell, cpu, CELLBLOCK_CPU_INFO_USED),
			     ktime_us_delta(ktime_get(), since),
			     stats_info(cell, cpu, CELLBLOCK_CPU_INFO_SWITCHES),
			     stats_info(cell, cpu, CELLBLOCK_CPU_INFO_OVERRUNS),
			     microseconds(cell, cpu, CELLBLOCK_CPU_INFO_AWAY));
}

static ssize_t shares_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct cell *cell = container_of(kobj, struct cell, kobj);
	unsigned int cpu;
	int len = 0;

	for_each_cpu(cpu, shared_cpus(cell))
		len += emit_share(buf, len, cell, cpu);
	return len + sysfs_emit_at(buf, len, "\n");
}

struct kobj_attribute sysfs_shares_attr = __ATTR_RO(shares);

static void fill(struct jailhouse_cpu_turns *turns, const struct cell *cell,
		 unsigned int cpu)
{
	unsigned int n, type = CELLBLOCK_CPU_INFO_TURNS;

	turns->cpu = cpu;
	turns->begun = stats_info(cell, cpu, CELLBLOCK_CPU_INFO_SWITCHES);
	for (n = 0; n < JAILHOUSE_CPU_TURNS; n++) {
		turns->turn[n].begin = in(NSEC_PER_SEC, stats_info(cell, cpu, type++));
		turns->turn[n].end = in(NSEC_PER_SEC, stats_info(cell, cpu, type++));
	}
	turns->begun_after = stats_info(cell, cpu, CELLBLOCK_CPU_INFO_SWITCHES);
}

/* The CPU that @pos is in, which becomes an offset in its part; nr_cpu_ids: none. */
static unsigned int find(const struct cell *cell, loff_t *pos)
{
	unsigned int cpu;

	for_each_cpu(cpu, &cell->shared) {
		if (*pos < sizeof(struct jailhouse_cpu_turns))
			return cpu;
		*pos -= sizeof(struct jailhouse_cpu_turns);
	}
	return nr_cpu_ids;
}

/* A part that is read at once is of one moment. */
static ssize_t turns_read(struct file *file, struct kobject *kobj,
			  compat_bin_attribute *attr, char *buf, loff_t pos, size_t count)
{
	const struct cell *cell = container_of(kobj, struct cell, kobj);
	unsigned int cpu = find(cell, &pos);
	struct jailhouse_cpu_turns *turns;
	ssize_t ret;

	if (cpu >= nr_cpu_ids)
		return 0;
	turns = kmalloc(sizeof(*turns), GFP_KERNEL);
	if (!turns)
		return -ENOMEM;
	fill(turns, cell, cpu);
	ret = memory_read_from_buffer(buf, count, &pos, turns, sizeof(*turns));
	kfree(turns);
	return ret;
}

/* for root alone: who runs when tells others what cells do */
struct bin_attribute sysfs_turns_attr = {
	.attr = { .name = "turns", .mode = 0400 },
	.read = turns_read,
};
