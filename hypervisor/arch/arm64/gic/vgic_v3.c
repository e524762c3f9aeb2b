// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers that only a GICv3 has: routes of SPIs, and redistributors.
 * A cell has the frames of its own CPUs; of the others it can read what it
 * takes to walk over them. LPIs are the root cell's.
 */

#include <core/cell.h>
#include <core/cell_mem.h>

#include "gicv3.h"
#include "irq_shared.h"
#include "vgic.h"

static bool has_affinity(cpu_set_t set, u64 affinity)
{
	struct cpu *cpu;

	for_each_cpu(cpu, set)
		if (gic_affinity(cpu) == affinity)
			return true;
	return false;
}

static u64 first_affinity(const struct cell *cell)
{
	return gic_affinity(cpus[__builtin_ctzll(cell->cpus)]);
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
	u64 mask = access->size == 8 ? ~0ULL : (u64)~0U << shift;
	u64 value;

	if ((access->size != 8 && access->size != 4) ||
	    (access->address & (access->size - 1U)))
		return MMIO_ERROR;
	if (!arch_irq_is_spi_of(cell, intid))
		return MMIO_HANDLED;

	/* which CPUs are the cell's must not change between check and write */
	spin_lock(&gic.lock);
	value = gic_read64(gic.gicd, reg);
	if (access->is_write) {
		value = (value & ~mask) | ((access->value << shift) & mask);
		if (value & GICD_IROUTER_IRM)
			value = first_affinity(cell);
		if (has_affinity(cell->cpus, value))
			gic_write64(gic.gicd, reg, value);
		else
			vgic_count_denied(1);
	} else {
		access->value = (value & mask) >> shift;
	}
	spin_unlock(&gic.lock);
	return MMIO_HANDLED;
}

void vgic_v3_reroute(const struct cell *cell, const struct cell *taker, u32 word)
{
	cpu_set_t taken = taker->cpus & ~taker->shared;
	u64 first = first_affinity(cell);
	u64 route;
	u32 reg;

	for (u32 bits = cell->arch.gic.irqs[word]; bits; bits &= bits - 1) {
		reg = GICD_IROUTER + (word * 32 + (u32)__builtin_ctz(bits)) * 8;
		route = gic_read64(gic.gicd, reg);
		if (route != first &&
		    (route & GICD_IROUTER_IRM || has_affinity(taken, route)))
			gic_write64(gic.gicd, reg, first);
	}
}

enum mmio_result vgic_v3_dist(struct cell *cell, struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (reg >= GICD_IROUTER && reg < GICD_IROUTER_END)
		return router_access(cell, access);
	if (reg >= GICD_IDREGS && !access->is_write && access->size == 4)
		access->value = gic_read(gic.gicd, reg & ~3U);
	return MMIO_HANDLED;
}

/* Redistributors */

/* Words of the RD frame that may be read; what else is there, only the GIC knows. */
#define RD_WORD(reg)	(1ULL << (reg) / 4)
#define RD_ANYBODYS	(RD_WORD(GICR_IIDR) | RD_WORD(GICR_TYPER) | RD_WORD(GICR_TYPER + 4))
#define RD_64BIT	(RD_WORD(GICR_TYPER) | RD_WORD(GICR_PROPBASER) | RD_WORD(GICR_PENDBASER))
#define RD_OWN		(RD_ANYBODYS | RD_64BIT | RD_64BIT << 1 | RD_WORD(GICR_CTLR) | \
			 RD_WORD(GICR_STATUSR) | RD_WORD(GICR_WAKER) | RD_WORD(GICR_SYNCR))

static bool is_readable(u32 reg, u8 size, bool own)
{
	u64 words = own ? RD_OWN : RD_ANYBODYS;

	if (size == 8)
		words &= RD_64BIT;
	else if (reg >= GICD_IDREGS)
		return true;
	return reg / 4 < 64 && (words >> reg / 4 & 1);
}

static void read_rd(struct cell *cell, volatile void *frame, bool own,
		    struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (!is_readable(reg, access->size, own))
		return;
	access->value = access->size == 8 ? gic_read64(frame, reg) :
					    gic_read(frame, reg);
	/* of a shared CPU, root may have them on */
	if (reg == GICR_CTLR && cell != &root_cell)
		access->value &= ~(u64)GICR_CTLR_ENABLE_LPIS;
	if (reg == GICR_TYPER)
		access->value &= cell == &root_cell ? ~GICR_TYPER_PPINUM :
			~(GICR_TYPER_PPINUM | GICR_TYPER_PLPIS);
}

/*
 * Tables that the redistributor reads and writes must be root's memory: a byte
 * for each LPI (PROPBASER, which has IDbits), a bit for each INTID
 * (PENDBASER). Root's mm_lock is held.
 */
static bool tables_are_roots(volatile void *frame)
{
	u64 prop = gic_read64(frame, GICR_PROPBASER);
	u64 pend = gic_read64(frame, GICR_PENDBASER);
	u64 size = 2ULL << GICR_PROPBASER_IDBITS(prop);

	return cell_mem_root_owns(prop & GICR_PROPBASER_ADDRESS, size) &&
	       cell_mem_root_owns(pend & GICR_PENDBASER_ADDRESS, size / 8);
}

/* Root has no power over the rest of it. */
static bool write_ctlr(volatile void *frame, u32 value)
{
	value &= GICR_CTLR_ENABLE_LPIS;
	if (value && !tables_are_roots(frame))
		return false;
	gic_write(frame, GICR_CTLR, (gic_read(frame, GICR_CTLR) &
				     ~GICR_CTLR_ENABLE_LPIS) | value);
	return true;
}

/* While the redistributor uses its tables, they stay the ones that were checked. */
static bool write_baser(volatile void *frame, u32 reg, u64 value)
{
	if (gic_read(frame, GICR_CTLR) & (GICR_CTLR_ENABLE_LPIS | GICR_CTLR_RWP))
		return false;
	gic_write64(frame, reg, value);
	return true;
}

/* The lock: between check and write, no other CPU of root's writes. */
static bool write_lpis(volatile void *frame, const struct mmio_access *access)
{
	u32 reg = (u32)access->address;
	bool done;

	spin_lock(&root_cell.mm_lock);
	done = reg == GICR_CTLR ? write_ctlr(frame, (u32)access->value) :
				  write_baser(frame, reg, access->value);
	spin_unlock(&root_cell.mm_lock);
	return done;
}

static void write_rd(volatile void *frame, const struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	switch (reg) {
	case GICR_CTLR:
	case GICR_PROPBASER:
	case GICR_PENDBASER:
		if (access->size != (reg == GICR_CTLR ? 4 : 8) ||
		    !write_lpis(frame, access))
			vgic_count_denied(1);
		break;
	case GICR_SETLPIR:
	case GICR_CLRLPIR:
	case GICR_INVLPIR:
	case GICR_INVALLR:
		if (access->size == 8)
			gic_write64(frame, reg, access->value);
		break;
	default:
		break;
	}
}

static enum mmio_result rd_access(struct cell *cell, volatile void *frame,
				  bool own, struct mmio_access *access)
{
	if (access->size < 4 || (access->address & (access->size - 1U)))
		return MMIO_ERROR;
	if (!access->is_write)
		read_rd(cell, frame, own, access);
	else if (own && cell == &root_cell)
		write_rd(frame, access);
	return MMIO_HANDLED;
}

/* @access has the offset in the SGI frame. */
static enum mmio_result fields_access(u32 owned, const struct cpu *cpu, volatile void *sgi,
				      struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	/* of a shared CPU, they are level-sensitive for all guests */
	if (cpu->shared && reg >= GICD_ICFGR)
		owned &= ~GIC_TIMERS;
	if ((reg >= GICD_IPRIORITYR && reg < GICD_IPRIORITYR + 32) ||
	    (reg >= GICD_ICFGR && reg < GICD_ICFGR + 8))
		return vgic_fields_access(sgi, &owned, 1, access);
	return MMIO_HANDLED;
}

enum mmio_result vgic_v3_redist(struct cell *cell, struct mmio_access *access)
{
	u64 nr = access->address / GICR_SIZE;
	volatile u8 *frame = gicv3.gicr + nr * GICR_SIZE;
	const struct cpu *cpu = gicv3.cpu_of_frame[nr];
	struct vcpu *own = cpu ? cell_vcpu(cell, cpu) : NULL;

	access->address %= GICR_SIZE;
	if (!access->is_write)
		access->value = 0;
	if (access->address < GICR_SGI_FRAME)
		return rd_access(cell, frame, own, access);
	access->address -= GICR_SGI_FRAME;
	if (!own || irq_shared_sgi_priority(own, access))
		return MMIO_HANDLED;
	return fields_access(vgic_sgi_ppi(cell, cpu), cpu, frame + GICR_SGI_FRAME, access);
}
