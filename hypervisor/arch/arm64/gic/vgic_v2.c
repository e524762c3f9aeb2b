// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers of GICD that only a GICv2 has: targets of SPIs, and SGIs. CPUs
 * are a bit each in them, and a cell has those of its own.
 */

#include <core/cell.h>
#include <cpu/percpu_private.h>

#include "gicv2.h"
#include "vgic.h"

/* The same for each of four INTIDs */
#define FOUR(byte)	((byte) * 0x01010101U)

/* By this CPU, so that the receiver finds the right sender. */
void vgic_v2_sgir(const struct gic_cell *cell, u32 value)
{
	u32 targets = value >> GICD_SGIR_TARGETS_SHIFT & 0xff, all = gicv2_targets(cell);
	u32 sgi = value & GICD_SGIR_INTID, allowed = all & -(cell->irqs[0] >> sgi & 1);
	u32 own, *stats = this_percpu()->vcpu->stats;

	/* a list of targets is what guests use, and costs no branch */
	if (__builtin_expect(value & GICD_SGIR_FILTER, 0)) {
		own = (u32)this_percpu()->cpu->arch.gic.sgi_target;
		targets = (value & GICD_SGIR_FILTER) == GICD_SGIR_OTHERS ? all & ~own : own;
	}
	if (__builtin_expect(targets & allowed, 1))
		gic_write(gic.gicd, GICD_SGIR,
			  (targets & allowed) << GICD_SGIR_TARGETS_SHIFT | sgi);
	/* an access by the way it comes, and counted as what it is */
	stats[JAILHOUSE_CPU_STAT_VMEXITS_VSGI]++;
	stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO]--;
	vgic_count_denied(targets & ~allowed);
}

/* A byte of bits for each INTID. Those of SGIs and PPIs are this CPU's, for ever. */
static enum mmio_result targets_access(const struct gic_cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~3U, first = reg - GICD_ITARGETSR;
	u32 shift = ((u32)access->address & 3) * 8;
	u32 mask = vgic_bytes_mask(cell->irqs[first / 32] >> first % 32, access);
	u32 value = (u32)access->value << shift & mask, all;

	if (!access->is_write) {
		access->value = (gic_read(gic.gicd, reg) & mask) >> shift;
	} else if (first >= 32) {
		/* which CPUs are the cell's must not change between check and write */
		spin_lock(&gic.lock);
		all = FOUR(gicv2_targets(cell));
		gic_write(gic.gicd, reg, (gic_read(gic.gicd, reg) & ~mask) | (value & all));
		spin_unlock(&gic.lock);
		vgic_count_denied(value & ~all);
	}
	return MMIO_HANDLED;
}

/* SGIs that are pending for this CPU: a byte for each, a bit for who has sent it. */
static enum mmio_result pending_access(const struct gic_cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~3U, shift = ((u32)access->address & 3) * 8;
	u32 mask = vgic_bytes_mask(cell->irqs[0] >> reg % 16, access);

	if (!access->is_write)
		access->value = (gic_read(gic.gicd, reg) & mask) >> shift;
	else
		gic_write(gic.gicd, reg, (u32)access->value << shift & mask);
	return MMIO_HANDLED;
}

enum mmio_result vgic_v2_dist(struct cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (access->size > 4 || access->size == 2 || (reg & (access->size - 1U)))
		return MMIO_ERROR;
	if (reg - GICD_ITARGETSR < GICD_ICFGR - GICD_ITARGETSR)
		return targets_access(&cell->arch.gic, access);
	if (reg - GICD_CPENDSGIR < 32)
		return pending_access(&cell->arch.gic, access);
	if (reg - GICD_V2_IDREGS < GICD_V2_SIZE - GICD_V2_IDREGS && !access->is_write)
		access->value = gic_read(gic.gicd, reg & ~3U);
	return MMIO_HANDLED;
}

void vgic_v2_reroute(const struct cell *cell, const struct cell *taker, u32 word)
{
	u32 all = gicv2_targets(&cell->arch.gic), taken = gicv2_targets(&taker->arch.gic);
	u8 first = (u8)cpus[__builtin_ctzll(cell->cpus)]->arch.gic.sgi_target;
	volatile u8 *targets;

	for (u32 bits = cell->arch.gic.irqs[word]; bits; bits &= bits - 1) {
		targets = gic.gicd + GICD_ITARGETSR + word * 32 + __builtin_ctz(bits);
		if (*targets & taken)
			*targets = *targets & all ? (u8)(*targets & all) : first;
	}
}
