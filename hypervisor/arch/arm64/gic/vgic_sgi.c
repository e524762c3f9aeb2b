// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * SGIs of a cell, which its CPUs send by writing ICC_SGI1R_EL1 (trapped): to
 * CPUs of the cell only.
 */

#include <arch/sysreg.h>
#include <core/cell.h>
#include <cpu/percpu_private.h>

#include "gicv3.h"
#include "irq.h"
#include "irq_shared.h"
#include "vgic.h"

static bool is_target(const struct cpu *cpu, u64 value)
{
	return gicv3.cluster_affinity[cpu->arch.gic.sgi_cluster] ==
		       (value & ICC_SGIR_AFFINITY) &&
	       (value & cpu->arch.gic.sgi_target);
}

/* To CPUs that the cell shares: to all but this, or to those of @value. */
static bool send_to_shared(const struct cell *cell, u64 value, bool to_others)
{
	u32 sgi = (u32)((value & ICC_SGIR_INTID_MASK) >> ICC_SGIR_INTID_SHIFT);
	const struct cpu *cpu;
	bool sent = false;

	for_each_cpu(cpu, cell->shared)
		if (to_others ? cpu != this_percpu()->cpu : is_target(cpu, value))
			sent |= irq_shared_send(cell, cpu, sgi);
	return sent;
}

/*
 * Not all targets get it from the GIC, which @own is for; apart from the rest, which needs
 * no stack.
 */
static __attribute__((noinline, cold)) void
send_more(u64 own, u64 value, const struct cell *cell)
{
	write_sysreg(own, icc_sgi1r_el1);
	if (!send_to_shared(cell, value, false))
		vgic_count_denied(1);
}

static void send_to_all_others(const struct cell *cell, u64 sgi)
{
	const struct cpu *self = this_percpu()->cpu;

	for (u32 c = 0; c < gicv3.clusters; c++) {
		u64 targets = cell->arch.gic.sgi_targets[c];

		if (c == self->arch.gic.sgi_cluster)
			targets &= ~self->arch.gic.sgi_target;
		if (targets)
			write_sysreg(sgi | gicv3.cluster_affinity[c] | targets,
				     icc_sgi1r_el1);
	}
	send_to_shared(cell, sgi, true);
}

void irq_sgi1r(u64 value)
{
	const struct cell *cell = this_percpu()->vcpu->cell;
	u64 affinity = value & ICC_SGIR_AFFINITY;
	u64 sgi = value & ICC_SGIR_INTID_MASK;

	if (value & ICC_SGIR_IRM) {
		send_to_all_others(cell, sgi);
		return;
	}
	for (u32 c = 0; c < gicv3.clusters; c++) {
		u64 targets = value & cell->arch.gic.sgi_targets[c];

		if (gicv3.cluster_affinity[c] != affinity)
			continue;
		if (targets == (value & ICC_SGIR_TARGETS))
			write_sysreg(sgi | affinity | targets, icc_sgi1r_el1);
		else
			send_more(sgi | affinity | targets, value, cell);
		return;
	}
	vgic_count_denied(1);
}
