// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* What a GIC of any version has. */

#include <inmate.h>

#include "gic_ops.h"

#define WAIT_LIMIT		1000000

/* A GICv3 can be sent SGIs before irq_init(). */
static const struct gic_ops *ops = &gic_v3;
static volatile u8 *dist;
static irq_handler_t irq_handler;

void irq_dispatch(void);
void irq_dispatch_v2(void);

volatile void *gic_dist(unsigned long offset)
{
	return dist + offset;
}

void gic_wait_clear(const volatile u8 *reg, u32 mask)
{
	for (unsigned int n = 0; n < WAIT_LIMIT; n++)
		if (!(mmio_read32(reg) & mask))
			return;
	panic("GIC register %p does not settle", (const void *)reg);
}

/* CPUs that come at once do the same; dist is last, as it says that all is done. */
static void map_dist(void)
{
	volatile u8 *frame = (volatile u8 *)comm_region->gicd_base;

	ops = gic_is_v2() ? &gic_v2 : &gic_v3;
	map_range(frame, gic_is_v2() ? GICD_V2_SIZE : GICD_V3_SIZE, MAP_UNCACHED);
	atomic_set(&dist, frame);
}

void irq_init(irq_handler_t handler)
{
	if (comm_region->gic_version != 2 && comm_region->gic_version != 3)
		panic("GICv%u is not supported", comm_region->gic_version);
	atomic_set(&irq_handler, handler);
	if (!atomic_read(&dist))
		map_dist();
	ops->init_cpu();
}

/* Called by the vectors of a GICv3; another version has its own, to cost nothing here. */
void irq_dispatch(void)
{
	unsigned int irq = (unsigned int)read_sysreg(ICC_IAR1_EL1);

	if (irq >= GIC_INTIDS)
		return;
	irq_handler(irq);
	write_sysreg(ICC_EOIR1_EL1, irq);
}

void irq_dispatch_v2(void)
{
	u32 iar = gic_acknowledge();

	if (gic_intid(iar) >= GIC_INTIDS)
		return;
	irq_handler(gic_intid(iar));
	gic_end(iar);
}

/* The frame that holds an interrupt's bits. */
static volatile u8 *frame_of(unsigned int irq)
{
	return irq < GIC_FIRST_SPI ? gic_private(0) : dist;
}

static void write_bit(unsigned int irq, unsigned long bank)
{
	mmio_write32(frame_of(irq) + bank + irq / 32 * 4, 1U << irq % 32);
}

void irq_set_priority(unsigned int irq, u8 priority)
{
	mmio_write8(frame_of(irq) + GICD_IPRIORITYR + irq, priority);
}

void irq_route(unsigned int spi, u64 mpidr)
{
	ops->route(spi, mpidr);
}

void irq_set_edge(unsigned int irq, bool edge)
{
	volatile u8 *reg = frame_of(irq) + GICD_ICFGR + irq / 16 * 4;
	u32 bit = 2U << irq % 16 * 2;
	u32 value = mmio_read32(reg);

	mmio_write32(reg, edge ? value | bit : value & ~bit);
}

void irq_enable(unsigned int irq)
{
	if (irq >= GIC_FIRST_SPI)
		irq_route(irq, cpu_mpidr());
	irq_set_priority(irq, GIC_PRIORITY_DEFAULT);
	write_bit(irq, GICD_ISENABLER);
}

void irq_disable(unsigned int irq)
{
	write_bit(irq, GICD_ICENABLER);
	ops->wait(irq);
}

void irq_set_pending(unsigned int irq)
{
	if (irq < GIC_SGIS)
		ops->pend_sgi(irq, true);
	else
		write_bit(irq, GICD_ISPENDR);
}

void irq_clear_pending(unsigned int irq)
{
	if (irq < GIC_SGIS)
		ops->pend_sgi(irq, false);
	else
		write_bit(irq, GICD_ICPENDR);
}

void irq_send_sgi(unsigned int sgi, u64 mpidr)
{
	/* what was written before must be seen by the receiver */
	asm volatile("dsb ishst" : : : "memory");
	ops->send_sgi(sgi, mpidr);
}

void irq_send_sgi_others(unsigned int sgi)
{
	/* as above */
	asm volatile("dsb ishst" : : : "memory");
	ops->send_sgi_others(sgi);
}
