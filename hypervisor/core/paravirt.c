// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/paravirt.h>

_Static_assert(CELLBLOCK_PV_OFFSET >= sizeof(struct jailhouse_comm_region) &&
	       CELLBLOCK_PV_OFFSET + CELLBLOCK_MAX_CPUS * sizeof(struct cellblock_pv_cpu) <=
	       PAGE_SIZE,
	       "the parts of all CPUs are in the page, and nothing else is");

/* CPUs of the machine that have room for it there */
#define TIMES	((PAGE_SIZE - CELLBLOCK_PV_OFFSET) / sizeof(struct paravirt_time))

void paravirt_prepare(struct vcpu *vcpu)
{
	struct cellblock_pv_cpu *first = (void *)((u8 *)vcpu->cell->comm + CELLBLOCK_PV_OFFSET);

	vcpu->share.area = first + vcpu->cpu->id;
}

u32 paravirt_begin(u64 *offset)
{
	struct vcpu_share *share = &arch_this_vcpu()->share;
	const struct cellblock_sharing *sharing = share->config;
	struct cellblock_pv_cpu *pv = share->area;

	*offset = (u64)pv & PAGE_OFFS_MASK;
	if (!sharing)
		return 0;
	pv->policy = sharing->policy + CELLBLOCK_PV_BY_PRIORITY;
	pv->share_period = sharing->period;
	pv->share_budget = sharing->budget;
	share->pv = pv;
	share->time = NULL;
	return CELLBLOCK_PV_HAS_SCHED;
}

static void steal(struct vcpu_share *share, u64 ticks)
{
	u64 hz = arch_counter_hz(), sum = share->stolen + ticks;

	share->stolen = sum;
	share->time->stolen = sum / hz * 1000000000 + sum % hz * 1000000000 / hz;
}

void paravirt_tell(struct vcpu_share *share, u64 waited)
{
	struct cellblock_pv_cpu *pv = share->pv;

	if (!pv) {
		steal(share, waited);
		return;
	}
	pv->used = share->used;
	pv->switches = (u32)share->switches;
	pv->overruns = (u32)share->overruns;
}

bool paravirt_has_time(const struct cell *cell)
{
	/* all of its CPUs or none: Linux asks on one, and expects it of each */
	return cell->shared && cell->comm_address && !(cell->cpus >> TIMES);
}

u64 paravirt_time(void)
{
	struct vcpu *vcpu = arch_this_vcpu();
	u64 offset = CELLBLOCK_PV_OFFSET + vcpu->cpu->id * sizeof(struct paravirt_time);
	struct paravirt_time *time = (void *)((u8 *)vcpu->cell->comm + offset);

	time->revision = 0;
	time->stolen = 0;
	/* from one of the cell's own nobody takes any; root has that vcpu after the page is gone */
	if (vcpu->share.config) {
		vcpu->share.pv = NULL;
		vcpu->share.time = time;
		steal(&vcpu->share, 0);
	}
	return vcpu->cell->comm_address + offset;
}
