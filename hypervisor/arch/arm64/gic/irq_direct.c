// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Direct delivery on a GICv3: a cell's interrupts are its CPUs' own business
 * (HCR_EL2.IMO = 0, no exit). FMO = 1 makes SGIs trap, and sends a guest's ICC_PMR,
 * ICC_CTLR, ICC_DIR and ICC_RPR to the virtual CPU interface (IHI 0069, 8.2), which
 * delivers nothing. The physical interface runs with EOImode 0: an EOI also
 * deactivates, whatever EOImode the guest believes to have set. Group 0 is not used:
 * where there are two security states, it is the firmware's.
 */

#include <arch/sysreg.h>
#include <cpu/percpu_private.h>

#include "gicv3.h"
#include "irq_ops.h"
#include "irq_shared.h"

/* What the guest wrote to PMR and EOImode before, it reads back. */
static void show_icc(const struct gic_cpu_state *s)
{
	u64 vmcr = s->icc_pmr << ICH_VMCR_VPMR_SHIFT;

	if (s->icc_ctlr & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_VEOIM;
	write_sysreg(vmcr, ich_vmcr_el2);
}

void irq_direct_set_icc(void)
{
	write_sysreg(0, ich_hcr_el2);
	write_sysreg(read_sysreg(icc_ctlr_el1) &
		     ~(u64)(ICC_CTLR_EOIMODE | ICC_CTLR_CBPR), icc_ctlr_el1);
	write_sysreg(ICC_PMR_ALL, icc_pmr_el1);
	/* before the caller goes on by these settings */
	isb();
}

static void cpu_adopt(void)
{
	show_icc(&this_percpu()->gic);
	irq_direct_set_icc();
}

/* The one of priority 0, which no interrupt of a guest has, and it can pretend. */
static void reset_top_active(void)
{
	u32 bit = gicv3.top_active;

	if (bit < 32)
		write_sysreg(read_sysreg(icc_ap1r0_el1) & ~(1ULL << bit), icc_ap1r0_el1);
	else if (bit < 64)
		write_sysreg(read_sysreg(icc_ap1r1_el1) & ~1ULL, icc_ap1r1_el1);
	else
		write_sysreg(read_sysreg(icc_ap1r2_el1) & ~1ULL, icc_ap1r2_el1);
	/* RPR tells of it */
	isb();
	gicv3_drop_priorities(gicv3.pmr_wake);
}

static void cpu_sleep(bool timed, u64 until)
{
	u64 hcr = read_sysreg(hcr_el2), bpr = read_sysreg(icc_bpr1_el1);
	u64 enabled = read_sysreg(icc_igrpen1_el1);
	u64 pmr = read_sysreg(icc_pmr_el1);

	write_sysreg(hcr | HCR_IMO, hcr_el2);
	/* the guest's own do not wake it */
	if (!enabled)
		write_sysreg(gicv3.pmr_wake, icc_pmr_el1);
	reset_top_active();
	/* with a large one, the priority of what is active would be 0 */
	write_sysreg(0, icc_bpr1_el1);
	write_sysreg(ICC_IGRPEN_ENABLE, icc_igrpen1_el1);
	/* the wait goes by these */
	isb();
	irq_wait(timed, until);
	write_sysreg(bpr, icc_bpr1_el1);
	write_sysreg(enabled, icc_igrpen1_el1);
	write_sysreg(pmr, icc_pmr_el1);
	write_sysreg(hcr, hcr_el2);
	/* as before for what comes next */
	isb();
}

static void cpu_reset(void)
{
	/* on: a guest that sleeps before it has set up its GIC can be woken */
	write_sysreg(ICC_IGRPEN_ENABLE, icc_igrpen1_el1);
	write_sysreg(0, icc_bpr1_el1);
	write_sysreg(0, ich_vmcr_el2);
	gicv3_reset_virtual_priorities();
	irq_direct_set_icc();
}

const struct irq_delivery irq_direct = {
	.hcr_bits = HCR_FMO,
	.cpu_adopt = cpu_adopt,
	.cpu_reset = cpu_reset,
	.cpu_sleep = cpu_sleep,
	.take = irq_take_none,
};
