// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * A GICv3's CPU interface, as far as it is the same for all ways to the guest:
 * what Linux had there, kicks, parked CPUs.
 *
 * What wakes a CPU is an interrupt of priority 0, which no guest can give. IMO = 1
 * whenever EL2 itself sleeps, since an interrupt for EL1 need not end a WFI at EL2.
 */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/main.h>
#include <cpu/percpu_private.h>
#include <lib/printk.h>

#include "gicv3.h"
#include "irq_injected.h"
#include "irq_ops.h"
#include "irq_shared.h"
#include "list_registers.h"
#include "vgic.h"

#define ICC_SRE_EL2_ALL		0xf	/* SRE, DFB, DIB, Enable */
#define ICC_SRE_EL1_SRE		(1U << 0)
#define ICC_CTLR_PRIBITS(c)	((((c) >> 8) & 7) + 1)

static void save_icc(struct gic_cpu_state *s)
{
	s->icc_sre_el2 = read_sysreg(icc_sre_el2);
	/* without SRE the registers below are not there */
	write_sysreg(ICC_SRE_EL2_ALL, icc_sre_el2);
	isb();
	s->icc_ctlr = read_sysreg(icc_ctlr_el1);
	s->icc_pmr = read_sysreg(icc_pmr_el1);
	s->ich_hcr = read_sysreg(ich_hcr_el2);
	s->ich_vmcr = read_sysreg(ich_vmcr_el2);
}

static void cpu_enter(void)
{
	struct gic_cpu_state *s = &this_percpu()->gic;
	volatile u8 *sgi = gicr_sgi_frame(this_percpu()->cpu);

	s->sgi_frame = sgi;
	save_icc(s);
	s->lr_all = (2U << ICH_VTR_LISTREGS(read_sysreg(ich_vtr_el2))) - 1;
	s->prebits = ICH_VTR_PREBITS(read_sysreg(ich_vtr_el2));
	this_percpu()->has |= (u32)(s->prebits > 5) << HAS_MORE_PRIORITIES;
	/*
	 * Linux ran with EOImode 1. An SGI or PPI that is acknowledged and not
	 * yet deactivated would stay active for ever: its ICC_DIR is lost.
	 */
	gic_write(sgi, GICD_ICACTIVER, gic_read(sgi, GICD_ISACTIVER));
}

static void cpu_leave(void)
{
	const struct gic_cpu_state *s = &this_percpu()->gic;

	write_sysreg(s->icc_pmr, icc_pmr_el1);
	write_sysreg(s->icc_ctlr, icc_ctlr_el1);
	write_sysreg(s->ich_vmcr, ich_vmcr_el2);
	write_sysreg(s->ich_hcr, ich_hcr_el2);
	/* all are written while SRE makes them registers; Linux finds its own setting */
	isb();
	write_sysreg(s->icc_sre_el2, icc_sre_el2);
	isb();
}

/* The wake-up wins against all that a cell has. Any CPU may do it for any. */
static void arm_wake(const struct cpu *cpu)
{
	volatile u8 *sgi = gicr_sgi_frame(cpu);

	/* one that its guest is in the handler of would not be signalled again */
	gic_write(sgi, GICD_ICACTIVER, GIC_WAKE_BIT);
	sgi[GICD_IPRIORITYR + GIC_WAKE_SGI] = GIC_PRIO_WAKE;
	gic_write(sgi, GICD_ISENABLER, GIC_WAKE_BIT);
}

static void kick(const struct cpu *cpu)
{
	/* the command before the interrupt that announces it */
	dsb(ish);
	if (cpu->shared) {
		gic_write(gicr_sgi_frame(cpu), GICD_ISPENDR, 1U << GIC_ALARM_PPI);
		return;
	}
	arm_wake(cpu);
	gic_write(gicr_sgi_frame(cpu), GICD_ISPENDR, GIC_WAKE_BIT);
	/* it is pending before the caller gives up the lock that keeps the CPU parked */
	dsb(sy);
	/* a guest may be in WFE */
	sev();
}

static void ack_kick(void)
{
	gic_write(gicr_sgi_frame(this_percpu()->cpu), GICD_ICPENDR, GIC_WAKE_BIT);
	/* before the caller's look at its command: a later kick comes again */
	dsb(sy);
}

/* Some GICs ignore writes to ICC_AP1Rn_EL1 from here (seen: QEMU with EL3). */
void gicv3_drop_priorities(u64 below)
{
	for (u32 n = 0; n < 128 && read_sysreg(icc_rpr_el1) < below; n++) {
		write_sysreg(GIC_WAKE_SGI, icc_eoir1_el1);
		/* RPR is without it when it is read next */
		isb();
	}
}

/* No interrupt is active any more at the CPU interface. */
static void reset_active_priorities(void)
{
	u32 bits = ICC_CTLR_PRIBITS(read_sysreg(icc_ctlr_el1));

	write_sysreg(0, icc_ap1r0_el1);
	if (bits >= 6)
		write_sysreg(0, icc_ap1r1_el1);
	if (bits >= 7) {
		write_sysreg(0, icc_ap1r2_el1);
		write_sysreg(0, icc_ap1r3_el1);
	}
	/* RPR tells of these writes */
	isb();
	gicv3_drop_priorities(ICC_RPR_IDLE);
}

static void cpu_park(void)
{
	write_sysreg(read_sysreg(hcr_el2) | HCR_IMO, hcr_el2);
	/* what the guest had enabled wakes nobody from here on */
	write_sysreg(gicv3.pmr_wake, icc_pmr_el1);
	/* nor may what it has left active keep the kicks out */
	reset_active_priorities();
	arm_wake(this_percpu()->cpu);
	write_sysreg(ICC_IGRPEN_ENABLE, icc_igrpen1_el1);
	/* all of that holds before the CPU waits */
	isb();
}

/*
 * LPIs of the root cell's ITS must not reach a CPU that it has given away.
 * Linux does not enable them again when the CPU comes back: done here.
 */
static void switch_lpis(volatile u8 *gicr, struct gic_cpu_state *s)
{
	u32 ctlr = gic_read(gicr, GICR_CTLR);

	if (this_percpu()->vcpu->cell == &root_cell) {
		if (s->lpis_off)
			gic_write(gicr, GICR_CTLR,
				  ctlr | GICR_CTLR_ENABLE_LPIS);
		s->lpis_off = false;
	} else if (ctlr & GICR_CTLR_ENABLE_LPIS) {
		gic_write(gicr, GICR_CTLR, ctlr & ~GICR_CTLR_ENABLE_LPIS);
		gicr_wait(gicr);
		/* some cannot clear it once it was set */
		s->lpis_off = !(gic_read(gicr, GICR_CTLR) &
				GICR_CTLR_ENABLE_LPIS);
		if (!s->lpis_off)
			printk("CPU %u: the GIC keeps LPIs enabled, root's can reach the cell\n",
			       this_percpu()->cpu->id);
	}
}

/*
 * FMO = 1 gives a guest's ICC_AP0R0..AP0R3 to the virtual interface, IMO = 1 the
 * others.
 */
void gicv3_reset_virtual_priorities(void)
{
	u32 bits = this_percpu()->gic.prebits;

	write_sysreg(0, ich_ap0r0_el2);
	write_sysreg(0, ich_ap1r0_el2);
	if (bits >= 6) {
		write_sysreg(0, ich_ap0r1_el2);
		write_sysreg(0, ich_ap1r1_el2);
	}
	if (bits >= 7) {
		write_sysreg(0, ich_ap0r2_el2);
		write_sysreg(0, ich_ap0r3_el2);
		write_sysreg(0, ich_ap1r2_el2);
		write_sysreg(0, ich_ap1r3_el2);
	}
}

static void cpu_reset(void)
{
	volatile u8 *gicr = this_percpu()->cpu->arch.gic.gicr;

	/* where a GIC can do without: the registers that follow are there by that */
	write_sysreg(ICC_SRE_EL1_SRE, icc_sre_el1);
	isb();
	switch_lpis(gicr, &this_percpu()->gic);
	gicr_reset(gicr);
}

/* With two security states, IPRIORITYR is seen shifted (IHI 0069, 4.8.6), and PMR... */
static void find_priorities(void)
{
	u32 bits = ICC_CTLR_PRIBITS(read_sysreg(icc_ctlr_el1));
	u8 step = (u8)(1U << (8 - bits));
	u64 pmr = read_sysreg(icc_pmr_el1);

	if (gic_read(gic.gicd, GICD_CTLR) & GICD_CTLR_DS) {
		gic.prio_min = step;
		gicv3.pmr_wake = step;
		gicv3.top_active = 0;
		gicv3.pmr_whole = false;
		return;
	}
	gic.prio_min = (u8)(step * 2);
	gicv3.top_active = (u8)(1U << (bits - 1));
	/* ...too if EL3 has Group 0 for itself (SCR_EL3.FIQ): then this is lost */
	write_sysreg(step, icc_pmr_el1);
	/* what is read is what the write has become */
	isb();
	gicv3.pmr_whole = read_sysreg(icc_pmr_el1);
	gicv3.pmr_wake = (u8)(gicv3.pmr_whole ? ICC_PRIO_NONSECURE + step : step * 2);
	write_sysreg(pmr, icc_pmr_el1);
	/* Linux's again, before it goes on */
	isb();
}

static int init(void)
{
	int err = gicv3_init();

	if (!err)
		find_priorities();
	return err;
}

const struct gic_ops gicv3_ops = {
	.init = init,
	.route_spi = gicv3_route_spi,
	.reroute = vgic_v3_reroute,
	.dist_access = vgic_v3_dist,
	.kick = kick,
	.ack_kick = ack_kick,
	.cpu_enter = cpu_enter,
	.cpu_leave = cpu_leave,
	.cpu_park = cpu_park,
	.cpu_reset = cpu_reset,
	.cpu_share = irq_shared_cpu,
	.direct = &irq_direct,
	.injected = &irq_injected,
	.shared = &irq_shared,
};
