// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Guests' accesses to the GIC, the hot part: IGROUPR to ICACTIVER, a bit for
 * each INTID. These registers are in GICD, and for a CPU's SGIs and PPIs in the
 * SGI frame of its redistributor, at the same offsets.
 */

#include <core/share.h>

#include "gicv2.h"
#include "gicv3.h"
#include "irq.h"
#include "irq_ops.h"
#include "irq_shared.h"
#include "vgic.h"

/* IGROUPR to ICACTIVER: one bit for each INTID, 32 in a register */
static bool is_bits(u32 reg)
{
	return reg - GICD_IGROUPR < GICD_IPRIORITYR - GICD_IGROUPR;
}

static u32 bits_word(u32 reg)
{
	return reg % GICD_BITS_SIZE / 4;
}

/*
 * Write-one registers need no read-modify-write. @owned: the cell's bits of the
 * register @reg.
 */
static inline __attribute__((always_inline)) enum mmio_result
bits_access(volatile void *base, u32 reg, u32 owned, bool injected,
	    struct mmio_access *access)
{
	if (access->size != 4 || (reg & 3))
		return MMIO_ERROR;
	if (!access->is_write) {
		/* Group 1, also where two security states hide it */
		access->value = owned &
			(injected && reg < GICD_ISENABLER ? ~0U : gic_read(base, reg));
	} else if (reg >= GICD_ISENABLER) {	/* IGROUPR is fixed: group 1 */
		/* setting concerns others; clearing all is what guests do */
		if (!(reg & (GICD_ICENABLER - GICD_ISENABLER)))
			vgic_count_denied((u32)access->value & ~owned);
		if (access->value & owned)
			gic_write(base, reg, (u32)access->value & owned);
	}
	return MMIO_HANDLED;
}

/* The rest. A copy: @access itself stays in registers. */
static enum mmio_result other_access(struct cell *cell, u64 offset,
				     struct mmio_access *access, bool redist)
{
	struct mmio_access other = *access;
	enum mmio_result result;

	other.address = offset;
	result = redist ? vgic_v3_redist(cell, &other) :
			  vgic_dist_other(cell, &other);
	access->value = other.value;
	return result;
}

static inline __attribute__((always_inline)) enum mmio_result
dist_other(struct cell *cell, u32 reg, bool injected, struct mmio_access *access)
{
	/* what guests of a GICv2 access most; less than a word has no targets */
	if (!injected && reg == GICD_SGIR && gic.banked && access->is_write) {
		vgic_v2_sgir(&cell->arch.gic, (u32)access->value);
		return MMIO_HANDLED;
	}
	return other_access(cell, reg, access, false);
}

/* With what the cell has of both parts' sizes, or both. */
static inline __attribute__((always_inline)) enum mmio_result
access_parts(struct cell *cell, u64 dist_size, u64 redist_size, bool injected,
	     struct mmio_access *access)
{
	u64 offset = access->address - gic.part[GIC_DIST].base;
	volatile u8 *base = gic.gicd;
	const struct cpu *cpu;
	u32 reg = (u32)offset, owned;

	if (offset < dist_size) {
		if (!is_bits(reg))
			return dist_other(cell, reg, injected, access);
		owned = cell->arch.gic.irqs[bits_word(reg)];
	} else {
		offset = access->address - gic.part[GIC_REDIST].base;
		if (offset >= redist_size)
			return MMIO_UNHANDLED;
		cpu = gicv3.cpu_of_frame[offset / GICR_SIZE];
		reg = (u32)(offset % GICR_SIZE) - GICR_SGI_FRAME;
		/* one word of each: there are 32 SGIs and PPIs */
		if (!cpu || (injected ? !cell_vcpu(cell, cpu) : cpu->vcpu->cell != cell) ||
		    !is_bits(reg) || bits_word(reg))
			return other_access(cell, offset, access, true);
		base = gicr_sgi_frame(cpu);
		owned = injected ? vgic_sgi_ppi(cell, cpu) : cell->arch.gic.sgi_ppi;
	}
	return bits_access(base, reg, owned, injected, access);
}

/* What is in list registers, the GIC's registers do not show. */
static __attribute__((noinline)) enum mmio_result
access_injected(struct cell *cell, struct mmio_access *access)
{
	u64 offset = access->address - gic.part[GIC_REDIST].base;
	bool redist = offset < gic.part[GIC_REDIST].size;
	bool timers = redist && arch_this_vcpu()->arch.gic.delivery == gic_ops->shared;
	enum mmio_result result;
	const struct cpu *cpu;
	struct vcpu *vcpu;
	u32 reg;

	if (arch_this_vcpu()->arch.gic.delivery != gic_ops->direct &&
	    (access->address - gic.part[GIC_DIST].base < gic.part[GIC_DIST].size || redist))
		irq_injected_give_back();
	if (timers)
		irq_shared_show_timers();
	result = access_parts(cell, gic.part[GIC_DIST].size, gic.part[GIC_REDIST].size,
			      true, access);
	if (timers)
		irq_shared_hide_timers();
	cpu = redist ? gicv3.cpu_of_frame[offset / GICR_SIZE] : NULL;
	vcpu = cpu ? cell_vcpu(cell, cpu) : NULL;
	reg = (u32)(offset % GICR_SIZE) - GICR_SGI_FRAME;
	if (vcpu && share_is_guest(vcpu) && is_bits(reg) && !bits_word(reg))
		irq_shared_sgi_bits(vcpu, reg, access);
	return result;
}

enum mmio_result irq_mmio(struct cell *cell, struct mmio_access *access)
{
	struct mmio_access other;
	enum mmio_result result = access_parts(cell, cell->arch.gic.dist_size,
					       cell->arch.gic.redist_size, false,
					       access);

	if (result != MMIO_UNHANDLED || cell->arch.gic.dist_size)
		return result;
	/* a copy: as above */
	other = *access;
	result = access_injected(cell, &other);
	access->value = other.value;
	return result;
}
