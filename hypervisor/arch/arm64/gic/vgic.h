/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_VGIC_H
#define ARM64_VGIC_H

/* What the files vgic*.c have for each other, and for irq.c. */

#include <core/arch.h>
#include <core/cell.h>
#include <core/mmio.h>

#include "gic.h"

static inline void vgic_count_denied(u32 bits)
{
	if (bits)
		arch_this_vcpu()->stats[CELLBLOCK_CPU_STAT_DENIED]++;
}

/*
 * A cell's SGIs and PPIs in the frame of a CPU. A shared one has those of the timers for
 * the guest that runs, and of other guests but root nothing else.
 */
static inline u32 vgic_sgi_ppi(const struct cell *cell, const struct cpu *cpu)
{
	u32 own = cpu->vcpu->cell == cell ? cell->arch.gic.sgi_ppi : GIC_TIMERS;

	return cpu->shared && cpu != arch_this_cpu() ? own & ~GIC_TIMERS : own;
}

/*
 * At enable, SPIs of nobody are disabled, with a message; at disable they are
 * as they were.
 */
void vgic_disable_unowned(void);
void vgic_enable_unowned(void);

/*
 * Guests' accesses: irq_mmio() (vgic_mmio.c) serves what they access most, and
 * calls these for the rest.
 */

/* The bytes of a register that are of an INTID in @irqs, of 4, and of the access. */
u32 vgic_bytes_mask(u32 irqs, const struct mmio_access *access);

/* The two bits in ICFGR of each INTID in @irqs, of 16. */
u32 vgic_config_mask(u32 irqs);

/*
 * IPRIORITYR and ICFGR, which are at the same offsets in GICD and in the SGI
 * frame of a redistributor. access->address is relative to the frame at @base;
 * @irqs: the cell's words, from the first one of the frame on; @words of them.
 */
enum mmio_result vgic_fields_access(volatile void *base, const u32 *irqs,
				    u32 words, struct mmio_access *access);

/*
 * Registers of GICD that are no bits; access->address is relative to it. Not
 * inline: they need a stack frame, which the bits do not.
 */
__attribute__((noinline)) enum mmio_result
vgic_dist_other(struct cell *cell, struct mmio_access *access);
/* A write to a GICv2's GICD_SGIR. */
__attribute__((noinline)) void vgic_v2_sgir(const struct gic_cell *cell, u32 value);
/* The others of GICD that only a GICv2 has, and reroute: see gic_ops. */
enum mmio_result vgic_v2_dist(struct cell *cell, struct mmio_access *access);
void vgic_v2_reroute(const struct cell *cell, const struct cell *taker, u32 word);
/* Those of GICD that only a GICv3 has; its redistributors, relative to the first. */
enum mmio_result vgic_v3_dist(struct cell *cell, struct mmio_access *access);
/* See gic_ops.reroute. */
void vgic_v3_reroute(const struct cell *cell, const struct cell *taker, u32 word);
__attribute__((noinline)) enum mmio_result
vgic_v3_redist(struct cell *cell, struct mmio_access *access);

#endif /* ARM64_VGIC_H */
