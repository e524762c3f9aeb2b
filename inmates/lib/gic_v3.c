// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#include "gic_ops.h"

#define TYPER_AFFINITY_SHIFT	32

/* Of each CPU. */
static volatile u8 *redist[INMATE_MAX_CPUS];

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

static void dist_wait(void)
{
	gic_wait_clear(gic_dist(GICD_CTLR), GICD_CTLR_RWP);
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
		gic_wait_clear(frame + GICR_WAKER, GICR_WAKER_ASLEEP);
	}
	/* SGIs and PPIs: all off, nothing left over from before */
	mmio_write32(frame + GICR_SGI_BASE + GICD_ICENABLER, ~0U);
	mmio_write32(frame + GICR_SGI_BASE + GICD_IGROUPR, ~0U);
	gic_wait_clear(frame + GICR_CTLR, GICR_CTLR_RWP);
}

static void cpu_interface_init(void)
{
	write_sysreg(ICC_SRE_EL1, read_sysreg(ICC_SRE_EL1) | 1);
	/* the others are there */
	isb();
	write_sysreg(ICC_CTLR_EL1, 0);
	write_sysreg(ICC_PMR_EL1, 0xff);
	write_sysreg(ICC_BPR1_EL1, 0);
	write_sysreg(ICC_IGRPEN1_EL1, 1);
	/* in force when the caller opens its mask */
	isb();
}

static void init_cpu(void)
{
	/* has no effect in a cell, where the hypervisor has done it */
	mmio_write32(gic_dist(GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_GRP1A);
	dist_wait();
	redist_init();
	cpu_interface_init();
}

static void wait_for_writes(unsigned int irq)
{
	if (irq < GIC_FIRST_SPI)
		gic_wait_clear(gic_redist(GICR_CTLR), GICR_CTLR_RWP);
	else
		dist_wait();
}

static void route(unsigned int spi, u64 mpidr)
{
	volatile void *group = gic_dist(GICD_IGROUPR + spi / 32 * 4);

	/* Group 1; in a cell it is anyway */
	mmio_write32(group, mmio_read32(group) | 1U << spi % 32);
	mmio_write64(gic_dist(GICD_IROUTER + spi * 8), mpidr & MPIDR_AFF_MASK);
}

static void pend_sgi(unsigned int sgi, bool pending)
{
	mmio_write32(gic_private(pending ? GICD_ISPENDR : GICD_ICPENDR), 1U << sgi);
}

static void send_sgi(unsigned int sgi, u64 mpidr)
{
	u64 aff0 = mpidr & 0xff;
	u64 value = 1ULL << (aff0 & 0xf) | (aff0 >> 4) << 44 |
		    (mpidr >> 8 & 0xff) << 16 | (mpidr >> 16 & 0xff) << 32 |
		    (mpidr >> 32 & 0xff) << 48 | (u64)sgi << 24;

	write_sysreg(ICC_SGI1R_EL1, value);
	/* sent, not when the CPU likes */
	isb();
}

static void send_sgi_others(unsigned int sgi)
{
	write_sysreg(ICC_SGI1R_EL1, 1ULL << 40 | (u64)sgi << 24);
	/* as above */
	isb();
}

const struct gic_ops gic_v3 = {
	.init_cpu = init_cpu,
	.wait = wait_for_writes,
	.route = route,
	.pend_sgi = pend_sgi,
	.send_sgi = send_sgi,
	.send_sgi_others = send_sgi_others,
};
