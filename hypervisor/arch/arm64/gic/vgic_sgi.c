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
#include "vgic.h"

static void send_to_all_others(u64 sgi)
{
	const struct cpu *self = this_percpu()->cpu;
	const struct cell *cell = this_percpu()->vcpu->cell;

	for (u32 c = 0; c < gicv3.clusters; c++) {
		u64 targets = cell->arch.gic.sgi_targets[c];

		if (c == self->arch.gic.sgi_cluster)
			targets &= ~self->arch.gic.sgi_target;
		if (targets)
			write_sysreg(sgi | gicv3.cluster_affinity[c] | targets,
				     icc_sgi1r_el1);
	}
}

void irq_sgi1r(u64 value)
{
	const struct cell *cell = this_percpu()->vcpu->cell;
	u64 affinity = value & ICC_SGIR_AFFINITY;
	u64 sgi = value & ICC_SGIR_INTID_MASK;

	if (value & ICC_SGIR_IRM) {
		send_to_all_others(sgi);
		return;
	}
	for (u32 c = 0; c < gicv3.clusters; c++) {
		u64 targets = value & cell->arch.gic.sgi_targets[c];

		if (gicv3.cluster_affinity[c] != affinity)
			continue;
		if (targets != (value & ICC_SGIR_TARGETS))
			vgic_count_denied(1);
		write_sysreg(sgi | affinity | targets, icc_sgi1r_el1);
		return;
	}
	vgic_count_denied(1);
}
