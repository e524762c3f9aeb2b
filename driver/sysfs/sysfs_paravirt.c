// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sysfs.h>
#include <asm/sysreg.h>

#include <cellblock/loader.h>
#include <cellblock/paravirt.h>

#include "cell/cell.h"
#include "compat.h"
#include "el2/hyp.h"
#include "sysfs/sysfs_paravirt.h"

static u64 word_of(const struct cell *cell, unsigned int cpu, size_t offset)
{
	offset += CELLBLOCK_PV_OFFSET + cpu * sizeof(struct cellblock_pv_cpu);
	return hyp_call(CELLBLOCK_HC_CELL_COMM, cell->id, offset / sizeof(u64));
}

static const char *name_of(const char *const *names, size_t count, u16 index)
{
	return index < count ? names[index] : "?";
}

/* from now on; what is over: 0 */
static u64 in_us(u64 deadline)
{
	u64 now = read_sysreg(cntvct_el0);

	return deadline <= now ? 0 :
	       mul_u64_u64_div_u64(deadline - now, USEC_PER_SEC, read_sysreg(cntfrq_el0));
}

static int emit(char *buf, int len, const struct cell *cell, unsigned int cpu)
{
	static const char *const schedulers[] = { "-", "fixed", "edf", "cyclic", "fair" };
	static const char *const modes[] = { "-", "idle", "normal", "overload" };
	u64 kinds = word_of(cell, cpu, offsetof(struct cellblock_pv_cpu, scheduler));
	u64 times = word_of(cell, cpu, offsetof(struct cellblock_pv_cpu, period));
	u64 deadline = word_of(cell, cpu, offsetof(struct cellblock_pv_cpu, deadline));
	u64 share = word_of(cell, cpu, offsetof(struct cellblock_pv_cpu, share_period));

	/*
	 * its share is there if the guest has asked, also where other guests have stolen
	 * time; negative is an error
	 */
	if ((s64)share <= 0)
		return 0;
	return sysfs_emit_at(buf, len, "%scpu=%u scheduler=%s mode=%s deadline_us=%llu "
			     "period_us=%u execution_us=%u", len ? " " : "", cpu,
			     name_of(schedulers, ARRAY_SIZE(schedulers), (u16)kinds),
			     name_of(modes, ARRAY_SIZE(modes), (u16)(kinds >> 16)),
			     in_us(deadline), lower_32_bits(times), upper_32_bits(times));
}

static ssize_t paravirt_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const struct cell *cell = container_of(kobj, struct cell, kobj);
	unsigned int cpu;
	int len = 0;

	for_each_cpu(cpu, &cell->shared)
		len += emit(buf, len, cell, cpu);
	return len + sysfs_emit_at(buf, len, "\n");
}

struct kobj_attribute sysfs_paravirt_attr = __ATTR_RO(paravirt);
