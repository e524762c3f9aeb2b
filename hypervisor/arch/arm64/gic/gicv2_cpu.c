// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A GICv2's CPU interface, which cells have mapped: IMO = FMO = 0, and GICC is the
 * hardware's, with what EOImode and PMR are to it. Each CPU has its own, at one
 * address, and so are the registers of SGIs and PPIs in GICD: nobody else can
 * change them.
 *
 * What wakes a CPU is an SGI that the cell does not have, enabled, of priority 0,
 * which no guest can give. IMO = 1 whenever EL2 itself sleeps, since an interrupt
 * for EL1 need not end a WFI at EL2.
 */

#include <arch/sysreg.h>
#include <core/main.h>
#include <cpu/percpu_private.h>

#include "gicv2.h"
#include "irq_ops.h"
#include "vgic.h"

#define PMR_WAKE	GIC_V2_PRIO_MIN	/* nothing but priority 0 gets through */
#define PMR_ALL		0xff

static void gicc_write(u32 reg, u32 value)
{
	gic_write(gicv2.gicc, reg, value);
}

/* On, as IRQ, and wired as it was found. */
static void enable_interface(void)
{
	gicc_write(GICC_CTLR, this_percpu()->gic.gicc_bypass | GICC_CTLR_ENABLE);
}

static void cpu_enter(void)
{
	struct gic_cpu *cpu = &this_percpu()->cpu->arch.gic;
	u8 own = gic.gicd[GICD_ITARGETSR];

	this_percpu()->gic.gicc_bypass = gic_read(gicv2.gicc, GICC_CTLR) & GICC_CTLR_BYPASS;
	/* reads as the reader's own bit; a GIC of a single CPU has no bits */
	cpu->sgi_target = own ? own : 1;
	spin_lock(&gic.lock);
	root_cell.arch.gic.sgi_targets[0] |= (u16)cpu->sgi_target;
	spin_unlock(&gic.lock);
}

static void arm_wake(void)
{
	/* an active one would not be signalled again */
	gic_write(gic.gicd, GICD_ICACTIVER, 1U << gicv2.wake_sgi);
	gic.gicd[GICD_IPRIORITYR + gicv2.wake_sgi] = GIC_PRIO_WAKE;
	gic_write(gic.gicd, GICD_ISENABLER, 1U << gicv2.wake_sgi);
}

static void kick(const struct cpu *cpu)
{
	/* the command before the interrupt that announces it */
	dsb(ish);
	gic_write(gic.gicd, GICD_SGIR, (u32)cpu->arch.gic.sgi_target << GICD_SGIR_TARGETS_SHIFT |
				       gicv2.wake_sgi);
	/* it is sent before the caller gives up the lock that keeps the CPU parked */
	dsb(sy);
	/* a guest may be in WFE */
	sev();
}

static void ack_kick(void)
{
	/* whoever sent it */
	gic.gicd[GICD_CPENDSGIR + gicv2.wake_sgi] = 0xff;
	/* before the caller's look at its command: a later kick comes again */
	dsb(sy);
}

/* Nothing is active any more at the CPU interface. */
static void reset_active_priorities(void)
{
	for (u32 n = 0; n < GICC_NUM_APR; n++) {
		gicc_write(GICC_APR + 4 * n, 0);
		gicc_write(GICC_NSAPR + 4 * n, 0);
	}
}

static void cpu_park(void)
{
	write_sysreg(read_sysreg(hcr_el2) | HCR_IMO, hcr_el2);
	/* what the guest had enabled wakes nobody from here on */
	gicc_write(GICC_PMR, PMR_WAKE);
	/* nor may what it has left active keep the kicks out */
	reset_active_priorities();
	gicc_write(GICC_BPR, 0);
	arm_wake();
	enable_interface();
	/* all of that holds before the CPU waits */
	dsb(sy);
	isb();
}

/* This CPU's SGIs and PPIs. A cell can be woken from its first instruction on. */
static void cpu_reset(void)
{
	gic_write(gic.gicd, GICD_ICENABLER, ~0U);
	for (u32 n = 0; n < 16; n += 4)
		gic_write(gic.gicd, GICD_CPENDSGIR + n, ~0U);
	gic_reset_private(gic.gicd);
	if (this_percpu()->vcpu->cell != &root_cell)
		arm_wake();
}

static void reset_interface(void)
{
	reset_active_priorities();
	gicc_write(GICC_BPR, 0);
	gicc_write(GICC_ABPR, 0);
	gicc_write(GICC_PMR, PMR_ALL);
	/* on: a guest that sleeps before it has set up its GIC can be woken */
	enable_interface();
	/* the guest finds it so */
	dsb(sy);
}

static void cpu_sleep(bool timed, u64 until)
{
	u64 hcr = read_sysreg(hcr_el2);
	u32 ctlr = gic_read(gicv2.gicc, GICC_CTLR), bpr = gic_read(gicv2.gicc, GICC_BPR);
	u32 pmr = gic_read(gicv2.gicc, GICC_PMR);

	write_sysreg(hcr | HCR_IMO, hcr_el2);
	/* the guest's own do not wake it */
	if (!(ctlr & GICC_CTLR_ENABLE) || pmr < PMR_WAKE)
		gicc_write(GICC_PMR, PMR_WAKE);
	/* priority 0, which no interrupt of a guest has, and it can pretend */
	gicc_write(GICC_APR, gic_read(gicv2.gicc, GICC_APR) & ~1U);
	gicc_write(GICC_NSAPR, gic_read(gicv2.gicc, GICC_NSAPR) & ~1U);
	/* with a large one, the priority of what is active would be 0 */
	gicc_write(GICC_BPR, 0);
	enable_interface();
	/* the wait goes by these */
	isb();
	irq_wait(timed, until);
	gicc_write(GICC_BPR, bpr);
	gicc_write(GICC_CTLR, ctlr);
	gicc_write(GICC_PMR, pmr);
	write_sysreg(hcr, hcr_el2);
	/* as before for what comes next */
	dsb(sy);
	isb();
}

/* Linux goes on with its interface, and leaves with it. */
static void leave_as_is(void)
{
}

const struct irq_delivery irq_direct_v2 = {
	.hcr_bits = 0,
	.cpu_adopt = leave_as_is,
	.cpu_reset = reset_interface,
	.cpu_sleep = cpu_sleep,
	.take = irq_take_none,
};

const struct gic_ops gicv2_ops = {
	.init = gicv2_init,
	.route_spi = gicv2_route_spi,
	.reroute = vgic_v2_reroute,
	.dist_access = vgic_v2_dist,
	.kick = kick,
	.ack_kick = ack_kick,
	.cpu_enter = cpu_enter,
	.cpu_leave = leave_as_is,
	.cpu_park = cpu_park,
	.cpu_reset = cpu_reset,
	.direct = &irq_direct_v2,
};
