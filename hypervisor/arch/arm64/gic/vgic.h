/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_VGIC_H
#define ARM64_VGIC_H

/*
 * Guests' accesses to the GIC. IGROUPR to ICACTIVER, a bit for each INTID, is
 * what they access most: served inline. These registers, IPRIORITYR and ICFGR
 * exist in GICD for SPIs and in the SGI frame of a redistributor for SGIs and
 * PPIs, at the same offsets.
 */

#include <core/arch.h>
#include <core/cell.h>
#include <core/mmio.h>

#include "gicv3.h"

/* IGROUPR to ICACTIVER: one bit for each INTID, 32 in a register */
static inline bool vgic_is_bits(u32 reg)
{
	return reg - GICD_IGROUPR < GICD_IPRIORITYR - GICD_IGROUPR;
}

static inline u32 vgic_bits_word(u32 reg)
{
	return (reg & 0x7c) / 4;
}

static inline void vgic_count_denied(u32 bits)
{
	if (bits)
		arch_this_vcpu()->stats[CELLBLOCK_CPU_STAT_DENIED]++;
}

/*
 * Write-one registers need no read-modify-write. @owned: the cell's bits of the
 * register @reg.
 */
static inline enum mmio_result vgic_bits_access(volatile void *base, u32 reg,
						u32 owned,
						struct mmio_access *access)
{
	if (access->size != 4 || (reg & 3))
		return MMIO_ERROR;
	if (!access->is_write) {
		access->value = gic_read(base, reg) & owned;
	} else if (reg >= GICD_ISENABLER) {	/* IGROUPR is fixed: group 1 */
		/* setting concerns others; clearing all is what guests do */
		if (!(reg & (GICD_ICENABLER - GICD_ISENABLER)))
			vgic_count_denied((u32)access->value & ~owned);
		if (access->value & owned)
			gic_write(base, reg, (u32)access->value & owned);
	}
	return MMIO_HANDLED;
}

/* The two bits in ICFGR of each INTID in @irqs, of 16. */
u32 vgic_config_mask(u32 irqs);

/*
 * IPRIORITYR and ICFGR of the frame at @base; access->address is relative to
 * it. @irqs: the cell's words, from the first one of the frame on; @words of
 * them.
 */
enum mmio_result vgic_fields_access(volatile void *base, const u32 *irqs,
				    u32 words, struct mmio_access *access);

/*
 * All other registers; access->address is relative to GICD, or to GICR. Not
 * inline: they need a stack frame, which the bits do not.
 */
__attribute__((noinline)) enum mmio_result
vgic_dist_other(struct cell *cell, struct mmio_access *access);
__attribute__((noinline)) enum mmio_result
vgic_redist_other(struct cell *cell, struct mmio_access *access);

static inline enum mmio_result vgic_dist_access(struct cell *cell, u32 reg,
						struct mmio_access *access)
{
	u32 word = vgic_bits_word(reg);
	struct mmio_access other;
	enum mmio_result result;

	/* SGIs and PPIs, word 0, are the redistributors' (affinity routing) */
	if (vgic_is_bits(reg))
		return vgic_bits_access(gic.gicd, reg,
					word ? cell->arch.gic.irqs[word] : 0,
					access);
	/* a copy: @access itself stays in registers */
	other = *access;
	other.address = reg;
	result = vgic_dist_other(cell, &other);
	access->value = other.value;
	return result;
}

static inline enum mmio_result vgic_redist_access(struct cell *cell, u64 offset,
						  struct mmio_access *access)
{
	const struct cpu *cpu = gicv3.cpu_of_frame[offset / GICR_SIZE];
	u32 reg = (u32)(offset % GICR_SIZE) - GICR_SGI_FRAME;
	struct mmio_access other;
	enum mmio_result result;

	if (cpu && cpu->vcpu->cell == cell && vgic_is_bits(reg))
		return vgic_bits_access((volatile u8 *)cpu->arch.gic.gicr +
					GICR_SGI_FRAME, reg,
					vgic_bits_word(reg) ? 0 :
					cell->arch.gic.irqs[0], access);
	other = *access;
	other.address = offset;
	result = vgic_redist_other(cell, &other);
	access->value = other.value;
	return result;
}

/* An access at a guest-physical address; MMIO_UNHANDLED: not the GIC's. */
static inline enum mmio_result vgic_access(struct cell *cell,
					   struct mmio_access *access)
{
	u64 offset = access->address - gic.part[GIC_DIST].base;

	if (offset < gic.part[GIC_DIST].size)
		return vgic_dist_access(cell, (u32)offset, access);
	offset = access->address - gic.part[GIC_REDIST].base;
	if (offset < gic.part[GIC_REDIST].size)
		return vgic_redist_access(cell, offset, access);
	return MMIO_UNHANDLED;
}

#endif /* ARM64_VGIC_H */
