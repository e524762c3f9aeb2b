// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped GICD: a cell reads and writes the bits of its own INTIDs, all others
 * read as zero and ignore writes. What concerns the whole distributor cannot
 * be changed.
 */

#include <core/arch.h>

#include "gicv3.h"
#include "vgic.h"

/* Read-modify-write of the bits in @mask. */
static void modify(volatile void *base, u32 reg, u32 mask, u32 value)
{
	spin_lock(&gic.lock);
	gic_write(base, reg, (gic_read(base, reg) & ~mask) | (value & mask));
	spin_unlock(&gic.lock);
}

/* Four INTIDs in a register, each may be accessed as a byte. */
static enum mmio_result priority_access(volatile void *base, u32 owned,
					struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~3U;
	u32 shift = ((u32)access->address & 3) * 8;
	u32 mask = 0;

	if (access->size != 1 && access->size != 4)
		return MMIO_ERROR;
	for (u32 i = 0; i < 4; i++)
		if (owned & (1U << i))
			mask |= 0xffU << (8 * i);
	if (access->size == 1)
		mask &= 0xffU << shift;

	if (access->is_write)
		modify(base, reg, mask,
		       gic_prio_from_cell((u32)access->value << shift));
	else
		access->value = (gic_prio_to_cell(gic_read(base, reg)) &
				 mask) >> shift;
	return MMIO_HANDLED;
}

u32 vgic_config_mask(u32 irqs)
{
	u32 mask = 0;

	for (u32 i = 0; i < 16; i++)
		if (irqs & (1U << i))
			mask |= 3U << (2 * i);
	return mask;
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

static bool cell_has_affinity(const struct cell *cell, u64 affinity)
{
	struct cpu *cpu;

	for_each_cpu(cpu, cell->cpus)
		if (gic_affinity(cpu) == affinity)
			return true;
	return false;
}

/*
 * Routes go to CPUs of the cell only. "Any CPU" (IRM) would reach others' as
 * well: it becomes the cell's first CPU.
 */
static enum mmio_result router_access(struct cell *cell,
				      struct mmio_access *access)
{
	u32 reg = (u32)access->address & ~7U;
	u32 shift = ((u32)access->address & 4) * 8;
	u32 intid = (reg - GICD_IROUTER) / 8;
	u64 mask = access->size == 8 ? ~0ULL : 0xffffffffULL << shift;
	u64 value;

	if ((access->size != 8 && access->size != 4) ||
	    (access->address & (access->size - 1U)))
		return MMIO_ERROR;
	if (intid < 32 || intid >= gic.lines ||
	    !(cell->arch.gic.irqs[intid / 32] & (1U << (intid % 32))))
		return MMIO_HANDLED;

	value = gic_read64(gic.gicd, reg);
	if (!access->is_write) {
		access->value = (value & mask) >> shift;
		return MMIO_HANDLED;
	}
	value = (value & ~mask) | ((access->value << shift) & mask);
	if (value & GICD_IROUTER_IRM)
		value = gic_affinity(cpus[__builtin_ctzll(cell->cpus)]);
	if (cell_has_affinity(cell, value))
		gic_write64(gic.gicd, reg, value);
	else
		vgic_count_denied(1);
	return MMIO_HANDLED;
}

/* CTLR, TYPER, IIDR, TYPER2 and the identification registers, read-only. */
static enum mmio_result common_access(struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (access->is_write || access->size != 4)
		return MMIO_HANDLED;
	if (reg == GICD_CTLR)
		access->value = gic_read(gic.gicd, reg) & ~GICD_CTLR_GRP0;
	else if (reg < 0x10 || reg >= GICD_IDREGS)
		access->value = gic_read(gic.gicd, reg & ~3U) |
				((reg & ~3U) == GICD_TYPER ? GICD_TYPER_MBIS : 0);
	return MMIO_HANDLED;
}

bool arch_irq_is_spi_of(const struct cell *cell, u32 intid)
{
	u32 word = intid / 32;

	return word && word < IRQ_WORDS &&
	       (cell->arch.gic.irqs[word] >> intid % 32 & 1);
}

void arch_irq_pend(u32 intid)
{
	gic_pend_spi(intid);
}

u64 arch_msi_address(void)
{
	return gic.part[GIC_DIST].base + GICD_SETSPI_NSR;
}

/* A message-based SPI: the value written is an INTID. */
static void write_message(const struct cell *cell, u32 reg, u32 intid)
{
	if (!arch_irq_is_spi_of(cell, intid))
		vgic_count_denied(1);
	else if (reg == GICD_SETSPI_NSR)
		gic_pend_spi(intid);
	else
		gic_write(gic.gicd, GICD_ICPENDR + intid / 32 * 4,
			  1U << (intid % 32));
}

enum mmio_result vgic_dist_other(struct cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (!access->is_write)
		access->value = 0;
	/* those of SGIs and PPIs are the redistributors' */
	if ((reg >= GICD_IPRIORITYR + 32 && reg < GICD_ITARGETSR) ||
	    (reg >= GICD_ICFGR + 8 && reg < GICD_IGRPMODR))
		return vgic_fields_access(gic.gicd, cell->arch.gic.irqs, IRQ_WORDS,
					  access);
	if (reg >= GICD_IROUTER && reg < GICD_IROUTER_END)
		return router_access(cell, access);
	if ((reg == GICD_SETSPI_NSR || reg == GICD_CLRSPI_NSR) &&
	    access->is_write && (access->size == 2 || access->size == 4))
		write_message(cell, reg, (u32)access->value);
	return common_access(access);
}
