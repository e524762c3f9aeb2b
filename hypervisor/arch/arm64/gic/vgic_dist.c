// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped GICD: a cell reads and writes the bits of its own INTIDs, all others
 * read as zero and ignore writes. What concerns the whole distributor cannot
 * be changed.
 */

#include <core/arch.h>

#include "gic.h"
#include "irq_ops.h"
#include "vgic.h"

/* Read-modify-write of the bits in @mask. */
static void modify(volatile void *base, u32 reg, u32 mask, u32 value)
{
	spin_lock(&gic.lock);
	gic_write(base, reg, (gic_read(base, reg) & ~mask) | (value & mask));
	spin_unlock(&gic.lock);
}

/* What the cell's shift leaves of each priority, as the GIC has it. */
static u32 shifted_mask(const struct gic_cell *own)
{
	return 0x01010101U * (0xff >> own->priority_shift);
}

/* Priority 0 is the wake-up's: it becomes the lowest that the cell can have. */
static u32 to_gic(const struct gic_cell *own, u32 v)
{
	v = v >> own->priority_shift & shifted_mask(own);
	for (u32 shift = 0; shift < 32; shift += 8)
		if ((v >> shift & 0xff) < own->priority_min)
			v |= (u32)own->priority_min << shift;
	return v;
}

static u32 from_gic(const struct gic_cell *own, u32 v)
{
	return (v & shifted_mask(own)) << own->priority_shift;
}

u32 vgic_bytes_mask(u32 irqs, const struct mmio_access *access)
{
	u32 mask = 0;

	for (u32 i = 0; i < 4; i++)
		if (irqs & (1U << i))
			mask |= 0xffU << (8 * i);
	return access->size == 1 ? mask & 0xffU << (access->address & 3) * 8 : mask;
}

/* Four INTIDs in a register, each may be accessed as a byte. */
static enum mmio_result priority_access(volatile void *base, u32 owned,
					struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~3U;
	u32 shift = ((u32)access->address & 3) * 8;
	u32 mask = vgic_bytes_mask(owned, access);
	const struct gic_cell *own = &arch_this_vcpu()->cell->arch.gic;

	if (access->size != 1 && access->size != 4)
		return MMIO_ERROR;
	if (access->is_write)
		modify(base, reg, mask,
		       to_gic(own, (u32)access->value << shift));
	else
		access->value = from_gic(own, gic_read(base, reg) & mask) >> shift;
	return MMIO_HANDLED;
}

u32 vgic_config_mask(u32 irqs)
{
	irqs &= 0xffff;
	irqs = (irqs | irqs << 8) & 0x00ff00ff;
	irqs = (irqs | irqs << 4) & 0x0f0f0f0f;
	irqs = (irqs | irqs << 2) & 0x33333333;
	irqs = (irqs | irqs << 1) & 0x55555555;
	return irqs * 3;
}

/* Two bits for each INTID. */
static enum mmio_result config_access(volatile void *base, u32 owned,
				      struct mmio_access *access)
{
	u32 reg = (u32)access->address;
	u32 mask = vgic_config_mask(owned);

	if (access->size != 4)
		return MMIO_ERROR;
	if (access->is_write)
		modify(base, reg, mask, (u32)access->value);
	else
		access->value = gic_read(base, reg) & mask;
	return MMIO_HANDLED;
}

enum mmio_result vgic_fields_access(volatile void *base, const u32 *irqs,
				    u32 words, struct mmio_access *access)
{
	u32 reg = (u32)access->address;
	bool priority = reg < GICD_ITARGETSR;
	/* INTID of the register's lowest bit */
	u32 first = priority ? (reg - GICD_IPRIORITYR) & ~3U :
			       (reg - GICD_ICFGR) * 4;
	u32 owned;

	if (reg & (access->size - 1U))
		return MMIO_ERROR;
	owned = first / 32 < words ? irqs[first / 32] >> (first % 32) : 0;
	return priority ? priority_access(base, owned, access) :
			  config_access(base, owned, access);
}

/* A message-based SPI: the value written is an INTID. */
static void write_message(const struct cell *cell, u32 reg, u32 intid)
{
	if (!arch_irq_is_spi_of(cell, intid))
		vgic_count_denied(1);
	else if (reg == GICD_SETSPI_NSR)
		arch_irq_pend(intid);
	else
		gic_write_bit(gic.gicd, GICD_ICPENDR, intid);
}

/* CTLR, TYPER, IIDR, TYPER2: read-only. */
static enum mmio_result common_access(const struct cell *cell,
				      struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~3U;

	if (access->is_write || access->size != 4)
		return MMIO_HANDLED;
	access->value = gic_read(gic.gicd, reg);
	/* with injected delivery, PMR is whole, and priorities are as they are written */
	if (reg == GICD_CTLR && !cell->arch.gic.dist_size && cell != &root_cell)
		access->value |= GICD_CTLR_DS;
	if (reg == GICD_TYPER)
		access->value = (access->value & ~(u64)GICD_TYPER_ESPI) |
				GICD_TYPER_MBIS;
	return MMIO_HANDLED;
}

enum mmio_result vgic_dist_other(struct cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (!access->is_write)
		access->value = 0;
	if ((reg >= GICD_IPRIORITYR && reg < GICD_ITARGETSR) ||
	    (reg >= GICD_ICFGR && reg < GICD_IGRPMODR))
		return vgic_fields_access(gic.gicd, cell->arch.gic.irqs,
					  IRQ_WORDS, access);
	if (reg <= GICD_TYPER2 + 3)
		return common_access(cell, access);
	if (reg != GICD_SETSPI_NSR && reg != GICD_CLRSPI_NSR)
		return gic_ops->dist_access(cell, access);
	if (access->is_write && (access->size == 2 || access->size == 4))
		write_message(cell, reg,
			      (u32)access->value & GICD_SPI_NSR_INTID);
	return MMIO_HANDLED;
}
