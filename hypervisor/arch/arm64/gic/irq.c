// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What core/ may ask of any GIC. */

#include <core/arch.h>

#include "gic.h"

bool arch_reserved_range(unsigned int index, u64 *start, u64 *size)
{
	if (index >= GIC_NUM_PARTS)
		return false;
	*start = gic.part[index].base;
	*size = gic.part[index].size;
	return true;
}

bool arch_irq_is_spi_of(const struct cell *cell, u32 intid)
{
	u32 word = intid / 32;

	return word && word < IRQ_WORDS &&
	       (cell->arch.gic.irqs[word] >> intid % 32 & 1);
}

void arch_irq_pend(u32 intid)
{
	/* data before the interrupt that tells of it, with caches on or off */
	dsb(st);
	gic_write(gic.gicd, GICD_ISPENDR + intid / 32 * 4, 1U << (intid % 32));
}

u64 arch_msi_address(void)
{
	return gic.part[GIC_DIST].base + GICD_SETSPI_NSR;
}
