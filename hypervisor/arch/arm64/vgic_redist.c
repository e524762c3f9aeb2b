// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped redistributors. A cell has the frames of its own CPUs; of the
 * others it can read what it takes to walk over them. LPIs are the root
 * cell's.
 */

#include <core/cell.h>
#include <core/cell_mem.h>

#include "gicv3.h"
#include "irq.h"

static bool is_identification(u32 reg)
{
	return reg == GICR_IIDR || reg == GICR_TYPER || reg == GICR_TYPER + 4 ||
	       (reg >= GICD_IDREGS && reg < GICR_SGI_FRAME);
}

static u64 read_frame(volatile void *frame, const struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	return access->size == 8 ? gic_read64(frame, reg) :
				   gic_read(frame, reg);
}

static void read_rd(struct cell *cell, volatile void *frame, bool own,
		    struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if (!own && !is_identification(reg))
		return;
	access->value = read_frame(frame, access);
	if (reg == GICR_TYPER && cell != &root_cell)
		access->value &= ~GICR_TYPER_PLPIS;
}

/* Tables that the redistributor reads and writes must be root's memory. */
static bool table_is_roots(u64 value)
{
	return cell_mem_root_owns(value & 0x000ffffffffff000ULL, PAGE_SIZE);
}

static void write_rd(volatile void *frame, const struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	switch (reg) {
	case GICR_CTLR:
		/* root has no power over the rest of it */
		gic_write(frame, reg, (gic_read(frame, reg) &
				       ~GICR_CTLR_ENABLE_LPIS) |
			  ((u32)access->value & GICR_CTLR_ENABLE_LPIS));
		break;
	case GICR_PROPBASER:
	case GICR_PENDBASER:
		if (access->size == 8 && table_is_roots(access->value))
			gic_write64(frame, reg, access->value);
		break;
	case GICR_SETLPIR:
	case GICR_CLRLPIR:
	case GICR_INVLPIR:
	case GICR_INVALLR:
		if (access->size == 8)
			gic_write64(frame, reg, access->value);
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

static enum mmio_result sgi_access(struct cell *cell, volatile void *frame,
				   struct mmio_access *access)
{
	u32 reg = (u32)access->address;

	if ((reg >= GICD_IGROUPR && reg < GICD_IPRIORITYR + 32) ||
	    (reg >= GICD_ICFGR && reg < GICD_ICFGR + 8))
		return vgic_irq_access(frame, cell->arch.irqs, 1, access);
	return MMIO_HANDLED;
}

static struct cpu *cpu_of_frame(const struct cell *cell, u64 nr)
{
	struct cpu *cpu;

	for_each_cpu(cpu, cell->cpus)
		if (cpu->arch.gicr_frame == nr)
			return cpu;
	return NULL;
}

enum mmio_result vgic_redist_access(void *arg, struct mmio_access *access)
{
	struct cell *cell = arg;
	u64 nr = access->address / GICR_SIZE;
	struct cpu *cpu = cpu_of_frame(cell, nr);
	volatile u8 *frame = gic.gicr + nr * GICR_SIZE;

	access->address %= GICR_SIZE;
	if (!access->is_write)
		access->value = 0;
	if (access->address < GICR_SGI_FRAME)
		return rd_access(cell, frame, cpu != NULL, access);
	access->address -= GICR_SGI_FRAME;
	return cpu ? sgi_access(cell, frame + GICR_SGI_FRAME, access) :
		     MMIO_HANDLED;
}
