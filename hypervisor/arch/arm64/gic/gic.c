// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include "gic.h"
#include "irq_ops.h"

struct gic gic;

void gicd_wait(void)
{
	for (unsigned int i = 0; i < GIC_RWP_POLLS; i++)
		if (!(gic_read(gic.gicd, GICD_CTLR) & GICD_CTLR_RWP))
			return;
}

void gicd_reset_spi(u32 intid, const struct cpu *cpu)
{
	spin_lock(&gic.lock);
	gic_write_bit(gic.gicd, GICD_ICENABLER, intid);
	gicd_wait();
	gic_write_bit(gic.gicd, GICD_ICPENDR, intid);
	gic_write_bit(gic.gicd, GICD_ICACTIVER, intid);
	*(gic.gicd + GICD_IPRIORITYR + intid) = gic.prio_min;
	gic_ops->route_spi(intid, cpu);
	spin_unlock(&gic.lock);
}

void gic_reset_private(volatile u8 *frame)
{
	gic_write(frame, GICD_ICPENDR, ~0U);
	gic_write(frame, GICD_ICACTIVER, ~0U);
	/* PPIs are level-triggered */
	gic_write(frame, GICD_ICFGR + 4, 0);
	for (u32 i = 0; i < 32; i++)
		frame[GICD_IPRIORITYR + i] = gic.prio_min;
}
