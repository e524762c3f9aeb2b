// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/arch.h>
#include <core/paravirt.h>

_Static_assert(CELLBLOCK_PV_OFFSET >= sizeof(struct jailhouse_comm_region) &&
	       CELLBLOCK_PV_OFFSET + CELLBLOCK_MAX_CPUS * sizeof(struct cellblock_pv_cpu) <=
	       PAGE_SIZE,
	       "the parts of all CPUs are in the page, and nothing else is");

u32 paravirt_begin(u64 *offset)
{
	struct vcpu *vcpu = arch_this_vcpu();
	const struct cellblock_sharing *sharing = vcpu->share.config;
	struct cellblock_pv_cpu *pv;

	*offset = 0;
	if (!sharing)
		return 0;
	*offset = CELLBLOCK_PV_OFFSET + vcpu->cpu->id * sizeof(*pv);
	pv = (void *)((u8 *)vcpu->cell->comm + *offset);
	pv->policy = sharing->policy + CELLBLOCK_PV_BY_PRIORITY;
	pv->share_period = sharing->period;
	pv->share_budget = sharing->budget;
	vcpu->share.pv = pv;
	return CELLBLOCK_PV_HAS_SCHED;
}
