// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* What core/spec.c asks of the GIC, by nothing of what routes interrupts. */

#ifdef CELLBLOCK_DEBUG

#include <core/arch.h>

#include "gicv2.h"
#include "gicv3.h"
#include "irq_ops.h"

static bool is_target(const struct cpu *cpu, u64 route)
{
	if (gic_ops == &gicv2_ops)
		return route & cpu->arch.gic.sgi_target;
	return route & GICD_IROUTER_IRM || route == gic_affinity(cpu);
}

cpu_set_t arch_irq_cpus(u32 intid)
{
	u64 route = gic_ops == &gicv2_ops ? gic.gicd[GICD_ITARGETSR + intid] :
					    gic_read64(gic.gicd, GICD_IROUTER + intid * 8);
	cpu_set_t set = 0;
	struct cpu *cpu;

	for_each_cpu(cpu, ~0ULL)
		if (cpu && is_target(cpu, route))
			set |= cpu_bit(cpu);
	return set;
}

#endif /* CELLBLOCK_DEBUG */
