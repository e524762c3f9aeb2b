// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#include "gic_ops.h"

#define SGIR_TARGETS_SHIFT	16
#define SGIR_OTHERS		(1U << 24)
#define SGIR_SELF		(2U << 24)

extern char vectors[], vectors_v2[];

volatile u8 *gic_cpu_interface;

/* Of each CPU that has called irq_init(): its bit in ITARGETSR and SGIR. */
static struct {
	u64 mpidr;
	u8 target;
} interfaces[INMATE_MAX_CPUS];

/* A CPU that is not known has the number that most machines give it. */
static u8 target_of(u64 mpidr)
{
	for (unsigned int cpu = 0; cpu < INMATE_MAX_CPUS; cpu++)
		if (interfaces[cpu].target && interfaces[cpu].mpidr == mpidr)
			return interfaces[cpu].target;
	return (u8)(1U << (mpidr & 7));
}

static void init_cpu(void)
{
	volatile u8 *frame = (volatile u8 *)comm_region->gicc_base;

	gic_cpu_interface = frame;
	map_range(frame, GICC_SIZE, MAP_UNCACHED);
	interfaces[cpu_id()].mpidr = cpu_mpidr();
	interfaces[cpu_id()].target = mmio_read8(gic_dist(GICD_ITARGETSR));

	/* has no effect in a cell, where the hypervisor has done it */
	mmio_write32(gic_dist(GICD_CTLR), GICD_CTLR_ENABLE);
	/* SGIs and PPIs: all off */
	mmio_write32(gic_dist(GICD_ICENABLER), ~0U);
	mmio_write32(frame + GICC_PMR, 0xff);
	mmio_write32(frame + GICC_BPR, 0);
	mmio_write32(frame + GICC_CTLR, GICC_CTLR_ENABLE);

	/* an operating system may have its own by now */
	if (read_sysreg(vbar_el1) == (u64)vectors)
		write_sysreg(vbar_el1, vectors_v2);
	/* the accesses are done and the vectors in use when the caller opens its mask */
	dsb();
	isb();
}

/* There is nothing to wait for but the access itself. */
static void wait_for_writes(unsigned int irq)
{
	mmio_read32(gic_dist(GICD_ISENABLER + irq / 32 * 4));
}

static void route(unsigned int spi, u64 mpidr)
{
	mmio_write8(gic_dist(GICD_ITARGETSR + spi), target_of(mpidr));
}

static void send(u32 value)
{
	/* without a call, the compiler has registers by which the exit is a light one */
	mmio_write32((volatile u8 *)comm_region->gicd_base + GICD_SGIR, value);
}

/* There is a bit for each CPU that can have sent it; a CPU sets its own by sending. */
static void pend_sgi(unsigned int sgi, bool pending)
{
	if (pending)
		send(SGIR_SELF | sgi);
	else
		mmio_write8(gic_dist(GICD_CPENDSGIR + sgi), 0xff);
}

static void send_sgi(unsigned int sgi, u64 mpidr)
{
	send((u32)target_of(mpidr) << SGIR_TARGETS_SHIFT | sgi);
}

static void send_sgi_others(unsigned int sgi)
{
	send(SGIR_OTHERS | sgi);
}

const struct gic_ops gic_v2 = {
	.init_cpu = init_cpu,
	.wait = wait_for_writes,
	.route = route,
	.pend_sgi = pend_sgi,
	.send_sgi = send_sgi,
	.send_sgi_others = send_sgi_others,
};
