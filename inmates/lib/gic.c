// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#define SPECIAL_INTID		1020
#define TYPER_AFFINITY_SHIFT	32
#define WAIT_LIMIT		1000000

/* Of each CPU. */
static volatile u8 *redist[INMATE_MAX_CPUS];
static volatile u8 *dist;
static irq_handler_t irq_handler;

void irq_dispatch(void);

volatile void *gic_dist(unsigned long offset)
{
	return dist + offset;
}

volatile void *gic_redist(unsigned long offset)
{
	return redist[cpu_id()] + offset;
}

/* The affinity as TYPER and IROUTER have it, Aff3 next to Aff2. */
static u32 affinity_of(u64 mpidr)
{
	return (u32)(mpidr & 0xffffff) | (u32)(mpidr >> 32 & 0xff) << 24;
}

volatile void *gic_find_redist(u64 mpidr)
{
	volatile u8 *frame = (volatile u8 *)comm_region->gicr_base;
	u64 typer;

	do {
		map_range(frame, GICR_FRAME_SIZE, MAP_UNCACHED);
		typer = mmio_read64(frame + GICR_TYPER);
		if ((u32)(typer >> TYPER_AFFINITY_SHIFT) == affinity_of(mpidr))
			return frame;
		frame += GICR_FRAME_SIZE;
		if (typer & GICR_TYPER_VLPIS)
			frame += GICR_FRAME_SIZE;
	} while (!(typer & GICR_TYPER_LAST));
	return NULL;
}

static void wait_clear(const volatile u8 *reg, u32 mask)
{
	for (unsigned int n = 0; n < WAIT_LIMIT; n++)
		if (!(mmio_read32(reg) & mask))
			return;
	panic("GIC register %p does not settle", (const void *)reg);
}

static void dist_wait(void)
{
	wait_clear(dist + GICD_CTLR, GICD_CTLR_RWP);
}

static void dist_init(void)
{
	dist = (volatile u8 *)comm_region->gicd_base;
	map_range(dist, 0x10000, MAP_UNCACHED);
	/* has no effect in a cell, where the hypervisor has done it */
	mmio_write32(dist + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GRP1A);
	dist_wait();
}

static void redist_init(void)
{
	volatile u8 *frame = gic_find_redist(cpu_mpidr());
	u32 waker;

	if (!frame)
		panic("no redistributor for MPIDR 0x%llx", cpu_mpidr());
	redist[cpu_id()] = frame;

	waker = mmio_read32(frame + GICR_WAKER);
	if (waker & GICR_WAKER_ASLEEP) {
		mmio_write32(frame + GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
		wait_clear(frame + GICR_WAKER, GICR_WAKER_ASLEEP);
	}
	/* SGIs and PPIs: all off, nothing left over from before */
	mmio_write32(frame + GICR_SGI_BASE + GICD_ICENABLER, ~0U);
	mmio_write32(frame + GICR_SGI_BASE + GICD_IGROUPR, ~0U);
	wait_clear(frame + GICR_CTLR, GICR_CTLR_RWP);
}

static void cpu_interface_init(void)
{
	write_sysreg(ICC_SRE_EL1, read_sysreg(ICC_SRE_EL1) | 1);
	isb();
	write_sysreg(ICC_CTLR_EL1, 0);
	write_sysreg(ICC_PMR_EL1, 0xff);
	write_sysreg(ICC_BPR1_EL1, 0);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	isb();
}

void irq_init(irq_handler_t handler)
{
	if (comm_region->gic_version != 3)
		panic("GICv%u is not supported", comm_region->gic_version);
	atomic_set(&irq_handler, handler);
	if (!dist)
		dist_init();
	redist_init();
	cpu_interface_init();
}

/* Called by the vectors. */
void irq_dispatch(void)
{
	unsigned int irq = (unsigned int)read_sysreg(ICC_IAR1_EL1);

	if (irq >= SPECIAL_INTID)
		return;
	irq_handler(irq);
	write_sysreg(ICC_EOIR1_EL1, irq);
}

/* The frame that holds an interrupt's bits. */
static volatile u8 *frame_of(unsigned int irq)
{
	return irq < GIC_FIRST_SPI ? redist[cpu_id()] + GICR_SGI_BASE : dist;
}

static void write_bit(unsigned int irq, unsigned long bank)
{
	mmio_write32(frame_of(irq) + bank + irq / 32 * 4, 1U << irq % 32);
}

static void wait_for_writes(unsigned int irq)
{
	if (irq < GIC_FIRST_SPI)
		wait_clear(redist[cpu_id()] + GICR_CTLR, GICR_CTLR_RWP);
	else
		dist_wait();
}

void irq_set_priority(unsigned int irq, u8 priority)
{
	mmio_write8(frame_of(irq) + GICD_IPRIORITYR + irq, priority);
}

void irq_route(unsigned int spi, u64 mpidr)
{
	mmio_write64(dist + GICD_IROUTER + spi * 8, mpidr & MPIDR_AFF_MASK);
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
	if (irq >= GIC_FIRST_SPI) {
		volatile u8 *group = dist + GICD_IGROUPR + irq / 32 * 4;

		/* Group 1; in a cell it is anyway */
		mmio_write32(group, mmio_read32(group) | 1U << irq % 32);
		irq_route(irq, cpu_mpidr());
	}
	irq_set_priority(irq, GIC_PRIORITY_DEFAULT);
	write_bit(irq, GICD_ISENABLER);
}

void irq_disable(unsigned int irq)
{
	write_bit(irq, GICD_ICENABLER);
	wait_for_writes(irq);
}

void irq_set_pending(unsigned int irq)
{
	write_bit(irq, GICD_ISPENDR);
}

void irq_clear_pending(unsigned int irq)
{
	write_bit(irq, GICD_ICPENDR);
}

void irq_send_sgi(unsigned int sgi, u64 mpidr)
{
	u64 aff0 = mpidr & 0xff;
	u64 value = 1ULL << (aff0 & 0xf) | (aff0 >> 4) << 44 |
		    (mpidr >> 8 & 0xff) << 16 | (mpidr >> 16 & 0xff) << 32 |
		    (mpidr >> 32 & 0xff) << 48 | (u64)sgi << 24;

	/* what was written before must be seen by the receiver */
	asm volatile("dsb ishst" : : : "memory");
	write_sysreg(ICC_SGI1R_EL1, value);
	isb();
}

void irq_send_sgi_others(unsigned int sgi)
{
	asm volatile("dsb ishst" : : : "memory");
	write_sysreg(ICC_SGI1R_EL1, 1ULL << 40 | (u64)sgi << 24);
	isb();
}
