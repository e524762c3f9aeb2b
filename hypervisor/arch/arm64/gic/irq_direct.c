// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Direct delivery on a GICv3 with one security state: a cell's interrupts are
 * its CPUs' own business (HCR_EL2.IMO = 0, no exit), and FMO = 1 keeps Group 0
 * for the hypervisor. It also sends a guest's ICC_PMR, ICC_CTLR, ICC_DIR and
 * ICC_RPR to the virtual CPU interface (IHI 0069, 8.2), which delivers nothing.
 * The physical interface runs with EOImode 0: an EOI also deactivates, whatever
 * EOImode the guest believes to have set.
 */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/main.h>
#include <cpu/percpu_private.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "gicv3.h"
#include "irq_ops.h"
#include "vgic.h"

#define ICC_SRE_EL2_ALL		0xf	/* SRE, DFB, DIB, Enable */
#define ICC_SRE_EL1_SRE	(1U << 0)
#define ICC_CTLR_CBPR		(1U << 0)
#define ICC_CTLR_EOIMODE	(1U << 1)
#define ICC_CTLR_PRIBITS(c)	((((c) >> 8) & 7) + 1)
#define ICC_PMR_ALL		0xff
#define ICC_IGRPEN_ENABLE	1
/* with five bits of priority: those that only the hypervisor's have */
#define ICC_AP1R0_NOT_CELLS	0xffffULL

#define ICH_HCR_TC		(1U << 10)
#define ICH_VMCR_VEOIM		(1U << 9)
#define ICH_VTR_PREBITS(v)	((((v) >> 26) & 7) + 1)
#define ICH_VMCR_VPMR_SHIFT	24

static volatile u8 *own_gicr(void)
{
	return this_percpu()->cpu->arch.gic.gicr;
}

static void convert_priorities(volatile void *base, u32 first, u32 lines,
			       u32 (*convert)(u32))
{
	for (u32 reg = GICD_IPRIORITYR + first; reg < GICD_IPRIORITYR + lines;
	     reg += 4)
		gic_write(base, reg, convert(gic_read(base, reg)));
}

/* Machine */

static void machine_enter(void)
{
	convert_priorities(gic.gicd, 32, gic.lines, gic_prio_from_cell);
	gic_write(gic.gicd, GICD_CTLR,
		  gic_read(gic.gicd, GICD_CTLR) | GICD_CTLR_GRP0);
	gicd_wait();
}

static void machine_leave(void)
{
	gic_write(gic.gicd, GICD_CTLR,
		  gic_read(gic.gicd, GICD_CTLR) & ~GICD_CTLR_GRP0);
	gicd_wait();
	convert_priorities(gic.gicd, 32, gic.lines, gic_prio_to_cell);
}

/* CPU */

static void save_icc(struct gic_cpu_state *s)
{
	s->icc_sre_el2 = read_sysreg(icc_sre_el2);
	/* without SRE the registers below are not there */
	write_sysreg(ICC_SRE_EL2_ALL, icc_sre_el2);
	isb();
	s->icc_ctlr = read_sysreg(icc_ctlr_el1);
	s->icc_pmr = read_sysreg(icc_pmr_el1);
	s->icc_bpr0 = read_sysreg(icc_bpr0_el1);
	s->icc_igrpen0 = read_sysreg(icc_igrpen0_el1);
	s->ich_hcr = read_sysreg(ich_hcr_el2);
	s->ich_vmcr = read_sysreg(ich_vmcr_el2);
}

/* What the guest wrote to PMR and EOImode before, it reads back. */
static void show_icc(const struct gic_cpu_state *s)
{
	u64 vmcr = s->icc_pmr << ICH_VMCR_VPMR_SHIFT;

	if (s->icc_ctlr & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_VEOIM;
	write_sysreg(vmcr, ich_vmcr_el2);
}

static void set_icc(void)
{
	const struct jailhouse_cell_desc *config = this_percpu()->vcpu->cell->config;

	write_sysreg(config->flags & JAILHOUSE_CELL_GIC_PMR ? ICH_HCR_TC : 0,
		     ich_hcr_el2);
	write_sysreg(read_sysreg(icc_ctlr_el1) &
		     ~(u64)(ICC_CTLR_EOIMODE | ICC_CTLR_CBPR), icc_ctlr_el1);
	write_sysreg(0, icc_bpr0_el1);
	write_sysreg(ICC_PMR_ALL, icc_pmr_el1);
	write_sysreg(ICC_IGRPEN_ENABLE, icc_igrpen0_el1);
	/* a kick can come from here on, by these settings */
	isb();
}

static void enter_mgmt_sgi(volatile u8 *sgi, struct gic_cpu_state *s)
{
	s->igroupr0 = gic_read(sgi, GICD_IGROUPR);
	s->mgmt_enabled = gic_read(sgi, GICD_ISENABLER) & GIC_MGMT_BIT;
	s->mgmt_priority = sgi[GICD_IPRIORITYR + GIC_MGMT_SGI];

	gic_write(sgi, GICD_ICPENDR, GIC_MGMT_BIT);
	gic_write(sgi, GICD_IGROUPR, s->igroupr0 & ~GIC_MGMT_BIT);
	sgi[GICD_IPRIORITYR + GIC_MGMT_SGI] = GIC_PRIO_MGMT;
	gic_write(sgi, GICD_ISENABLER, GIC_MGMT_BIT);
}

static void leave_mgmt_sgi(volatile u8 *sgi, const struct gic_cpu_state *s)
{
	if (!s->mgmt_enabled)
		gic_write(sgi, GICD_ICENABLER, GIC_MGMT_BIT);
	gicr_wait(own_gicr());
	gic_write(sgi, GICD_ICPENDR, GIC_MGMT_BIT);
	gic_write(sgi, GICD_IGROUPR,
		  gic_read(sgi, GICD_IGROUPR) | (s->igroupr0 & GIC_MGMT_BIT));
	sgi[GICD_IPRIORITYR + GIC_MGMT_SGI] = s->mgmt_priority;
}

static void cpu_enter(void)
{
	struct gic_cpu_state *s = &this_percpu()->gic;
	volatile u8 *sgi = own_gicr() + GICR_SGI_FRAME;

	save_icc(s);
	show_icc(s);
	/*
	 * Linux ran with EOImode 1. An SGI or PPI that is acknowledged and not
	 * yet deactivated would stay active for ever: its ICC_DIR is lost.
	 */
	gic_write(sgi, GICD_ICACTIVER, gic_read(sgi, GICD_ISACTIVER));
	convert_priorities(sgi, 0, 32, gic_prio_from_cell);
	enter_mgmt_sgi(sgi, s);
	set_icc();
}

static void cpu_leave(void)
{
	const struct gic_cpu_state *s = &this_percpu()->gic;
	volatile u8 *sgi = own_gicr() + GICR_SGI_FRAME;

	write_sysreg(s->icc_igrpen0, icc_igrpen0_el1);
	leave_mgmt_sgi(sgi, s);
	convert_priorities(sgi, 0, 32, gic_prio_to_cell);
	write_sysreg(s->icc_bpr0, icc_bpr0_el1);
	write_sysreg(s->icc_pmr, icc_pmr_el1);
	write_sysreg(s->icc_ctlr, icc_ctlr_el1);
	write_sysreg(s->ich_vmcr, ich_vmcr_el2);
	write_sysreg(s->ich_hcr, ich_hcr_el2);
	/* all are written while SRE makes them registers; Linux finds its own setting */
	isb();
	write_sysreg(s->icc_sre_el2, icc_sre_el2);
	isb();
}

static void kick(const struct cpu *cpu)
{
	/* the command before the interrupt that announces it */
	dsb(ish);
	write_sysreg(cpu->arch.gic.sgi_target | (u64)GIC_MGMT_SGI << ICC_SGIR_INTID_SHIFT,
		     icc_sgi0r_el1);
	isb();
	/* a guest in WFE that keeps the interrupt out runs on, see control.c */
	sev();
}

static void ack_kick(void)
{
	u64 intid;

	while ((intid = read_sysreg(icc_iar0_el1)) < GIC_MAX_INTID) {
		/* its priority is dropped before the next acknowledge looks */
		write_sysreg(intid, icc_eoir0_el1);
		isb();
	}
	/* the acknowledge is before the caller's look at its command: a later kick comes again */
	dsb(sy);
}

/*
 * Active priorities of Group 1, one bit each in AP1R0..AP1R3: those above 0x80
 * that no interrupt of a guest can have, or all.
 */
static void reset_active_priorities(bool all)
{
	u32 bits = ICC_CTLR_PRIBITS(read_sysreg(icc_ctlr_el1));

	write_sysreg(all || bits > 5 ? 0 : read_sysreg(icc_ap1r0_el1) &
					   ~ICC_AP1R0_NOT_CELLS, icc_ap1r0_el1);
	if (bits >= 6 && (all || bits > 6))
		write_sysreg(0, icc_ap1r1_el1);
	if (bits >= 7 && all) {
		write_sysreg(0, icc_ap1r2_el1);
		write_sysreg(0, icc_ap1r3_el1);
	}
}

static void cpu_park(void)
{
	/* Group 0 only from here on: what the guest had enabled wakes nobody */
	write_sysreg(0, icc_igrpen1_el1);
	/* nor may what it has left active keep the kicks out */
	reset_active_priorities(true);
	/* both hold before the CPU waits */
	isb();
}

static void cpu_sleep(void)
{
	reset_active_priorities(false);
	/* before the caller's WFI */
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

/* FMO = 1 gives a guest's ICC_AP0R0..AP0R3 to the virtual interface, as it does ICC_PMR. */
static void reset_virtual_priorities(void)
{
	u32 bits = ICH_VTR_PREBITS(read_sysreg(ich_vtr_el2));

	write_sysreg(0, ich_ap0r0_el2);
	if (bits >= 6)
		write_sysreg(0, ich_ap0r1_el2);
	if (bits >= 7) {
		write_sysreg(0, ich_ap0r2_el2);
		write_sysreg(0, ich_ap0r3_el2);
	}
}

static void cpu_reset(void)
{
	volatile u8 *gicr = own_gicr();

	/* where a GIC can do without: the registers that follow are there by that */
	write_sysreg(ICC_SRE_EL1_SRE, icc_sre_el1);
	isb();
	write_sysreg(0, icc_igrpen1_el1);
	write_sysreg(0, icc_bpr1_el1);
	write_sysreg(0, ich_vmcr_el2);
	reset_virtual_priorities();
	set_icc();
	switch_lpis(gicr, &this_percpu()->gic);
	gicr_reset(gicr);
}

static int init(void)
{
	int err = gicv3_init();

	if (!err && !(gic_read(gic.gicd, GICD_CTLR) & GICD_CTLR_DS))
		err = refuse(-ENODEV, "the GIC has two security states (GICD_CTLR.DS = 0): direct interrupt delivery needs a single one");
	return err;
}

const struct irq_ops irq_direct_ops = {
	.init = init,
	.machine_enter = machine_enter,
	.machine_leave = machine_leave,
	.route_spi = gicv3_route_spi,
	.reroute = vgic_v3_reroute,
	.dist_access = vgic_v3_dist,
	.kick = kick,
	.ack_kick = ack_kick,
	.cpu_park = cpu_park,
	.hcr_bits = HCR_FMO,
	.cpu_enter = cpu_enter,
	.cpu_leave = cpu_leave,
	.cpu_sleep = cpu_sleep,
	.cpu_reset = cpu_reset,
};
