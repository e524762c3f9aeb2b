// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Direct delivery. While it is on, ICC_PMR, ICC_CTLR, ICC_DIR and ICC_RPR of a
 * guest go to the virtual CPU interface (HCR_EL2.FMO = 1, IHI 0069, 8.2), which
 * delivers nothing. The physical interface runs with EOImode 0: an EOI also
 * deactivates, whatever EOImode the guest believes to have set.
 */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/main.h>
#include <cpu/percpu_private.h>
#include <lib/printk.h>

#include "gicv3.h"
#include "irq.h"
#include "vgic.h"

#define ICC_SRE_EL2_ALL		0xf	/* SRE, DFB, DIB, Enable */
#define ICC_CTLR_CBPR		(1U << 0)
#define ICC_CTLR_EOIMODE	(1U << 1)
#define ICC_CTLR_PRIBITS(c)	((((c) >> 8) & 7) + 1)
#define ICC_PMR_ALL		0xff

#define ICH_HCR_TC		(1U << 10)
#define ICH_VMCR_VEOIM		(1U << 9)
#define ICH_VMCR_VPMR_SHIFT	24

/* SPIs of nobody that were enabled, to be enabled again at disable */
static u32 disabled_spis[IRQ_WORDS];

u64 irq_hcr_bits(void)
{
	return HCR_FMO;
}

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

static void disable_unowned_spis(void)
{
	for (u32 word = 1; word < gic.lines / 32; word++) {
		u32 unowned = gic_read(gic.gicd, GICD_ISENABLER + word * 4) &
			      ~root_cell.arch.gic.irqs[word];

		disabled_spis[word] = unowned;
		if (!unowned)
			continue;
		gic_write(gic.gicd, GICD_ICENABLER + word * 4, unowned);
		printk("Interrupts %u.. (bits %#x) are in use but not in the root cell's irqchips: disabled\n",
		       word * 32, unowned);
	}
}

void irq_machine_enter(void)
{
	disable_unowned_spis();
	convert_priorities(gic.gicd, 32, gic.lines, gic_prio_from_cell);
	gic_write(gic.gicd, GICD_CTLR,
		  gic_read(gic.gicd, GICD_CTLR) | GICD_CTLR_GRP0);
	gicd_wait();
}

void irq_machine_leave(void)
{
	gic_write(gic.gicd, GICD_CTLR,
		  gic_read(gic.gicd, GICD_CTLR) & ~GICD_CTLR_GRP0);
	gicd_wait();
	convert_priorities(gic.gicd, 32, gic.lines, gic_prio_to_cell);
	for (u32 word = 1; word < gic.lines / 32; word++)
		gic_write(gic.gicd, GICD_ISENABLER + word * 4,
			  disabled_spis[word]);
}

/* CPU */

static void save_icc(struct gic_cpu_state *s)
{
	s->icc_sre_el2 = read_sysreg(icc_sre_el2);
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
	write_sysreg(1, icc_igrpen0_el1);
	isb();
}

static void enter_mgmt_sgi(volatile u8 *sgi, struct gic_cpu_state *s)
{
	s->igroupr0 = gic_read(sgi, GICD_IGROUPR);
	s->mgmt_enabled = gic_read(sgi, GICD_ISENABLER) & GIC_MGMT_BIT;
	s->mgmt_priority = sgi[GICD_IPRIORITYR + GIC_MGMT_SGI];

	gic_write(sgi, GICD_ICPENDR, GIC_MGMT_BIT);
	gic_write(sgi, GICD_IGROUPR, s->igroupr0 & ~GIC_MGMT_BIT);
	sgi[GICD_IPRIORITYR + GIC_MGMT_SGI] = 0;
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

void irq_cpu_enter(void)
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

void irq_cpu_leave(void)
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
	isb();
	write_sysreg(s->icc_sre_el2, icc_sre_el2);
	isb();
}

void irq_kick(const struct cpu *cpu)
{
	/* the command before the interrupt that announces it */
	dsb(ish);
	write_sysreg(cpu->arch.gic.sgi_target | (u64)GIC_MGMT_SGI << 24,
		     icc_sgi0r_el1);
	isb();
	/* a guest in WFE that keeps the interrupt out runs on, see control.c */
	sev();
}

void irq_unkick(void)
{
	u64 intid;

	while ((intid = read_sysreg(icc_iar0_el1)) < GIC_MAX_INTID) {
		write_sysreg(intid, icc_eoir0_el1);
		isb();
	}
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
					   ~0xffffULL, icc_ap1r0_el1);
	if (bits >= 6 && (all || bits > 6))
		write_sysreg(0, icc_ap1r1_el1);
	if (bits >= 7 && all) {
		write_sysreg(0, icc_ap1r2_el1);
		write_sysreg(0, icc_ap1r3_el1);
	}
}

void irq_cpu_park(void)
{
	/* Group 0 only from here on: what the guest had enabled wakes nobody */
	write_sysreg(0, icc_igrpen1_el1);
	/* nor may what it has left active keep the kicks out */
	reset_active_priorities(true);
	isb();
}

void irq_cpu_sleep(void)
{
	reset_active_priorities(false);
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
		s->lpis_off = true;
	}
}

void irq_cpu_reset(void)
{
	volatile u8 *gicr = own_gicr();

	write_sysreg(0, icc_igrpen1_el1);
	write_sysreg(0, icc_bpr1_el1);
	write_sysreg(0, ich_vmcr_el2);
	set_icc();
	switch_lpis(gicr, &this_percpu()->gic);
	gicr_reset(gicr);
}

/* Trapped system registers */

/* without Rt and direction */
#define SYS_ICC_PMR_EL1		SYSREG(3, 0, 4, 6, 0)
#define SYS_ICC_DIR_EL1		SYSREG(3, 0, 12, 11, 1)
#define SYS_ICC_RPR_EL1		SYSREG(3, 0, 12, 11, 3)
#define SYS_ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)
#define SYS_ICC_CTLR_EL1	SYSREG(3, 0, 12, 12, 4)

static u64 running_priority(void)
{
	u32 priority = (u32)read_sysreg(icc_rpr_el1);

	/* 0xff: no interrupt is active */
	return priority == 0xff ? 0xff : gic_prio_to_cell(priority) & 0xff;
}

static u64 read_common(u32 reg)
{
	switch (reg) {
	case SYS_ICC_PMR_EL1:
		return gic_prio_to_cell((u32)read_sysreg(icc_pmr_el1)) & 0xff;
	case SYS_ICC_RPR_EL1:
		return running_priority();
	case SYS_ICC_CTLR_EL1:
		return read_sysreg(icc_ctlr_el1);
	default:
		return 0;
	}
}

bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	u64 value = is_read ? 0 : regs->x[rt];

	switch (reg) {
	case SYS_ICC_PMR_EL1:
		/* 0 becomes 0x80: all of the cell's priorities are masked */
		if (!is_read)
			write_sysreg(gic_prio_from_cell((u32)value) & 0xff,
				     icc_pmr_el1);
		break;
	case SYS_ICC_DIR_EL1:	/* deactivated by the EOI */
	case SYS_ICC_RPR_EL1:
	case SYS_ICC_CTLR_EL1:	/* EOImode and CBPR are fixed */
		break;
	case SYS_ICC_ASGI1R_EL1: /* no other security state, no Group 0 */
	case SYS_ICC_SGI0R_EL1:
		vgic_count_denied(1);
		break;
	default:
		return false;
	}
	if (is_read)
		guest_regs_set(regs, rt, read_common(reg));
	return true;
}
