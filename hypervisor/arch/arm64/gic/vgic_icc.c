// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers of a GICv3's CPU interface, besides ICC_SGI1R_EL1: those
 * that JAILHOUSE_CELL_GIC_PMR makes trap, and SGIs of other groups.
 */

#include <arch/sysreg.h>

#include "gicv3.h"
#include "irq.h"
#include "vgic.h"

/* without Rt and direction */
#define SYS_ICC_PMR_EL1		SYSREG(3, 0, 4, 6, 0)
#define SYS_ICC_DIR_EL1		SYSREG(3, 0, 12, 11, 1)
#define SYS_ICC_RPR_EL1		SYSREG(3, 0, 12, 11, 3)
#define SYS_ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)
#define SYS_ICC_CTLR_EL1	SYSREG(3, 0, 12, 12, 4)

/* As IPRIORITYR has it. */
static u64 shown(u64 priority)
{
	return gicv3.pmr_whole ? priority << 1 & GIC_PRIO_MASK : priority;
}

/* A PMR of 0 would keep the wake-up out: the one that keeps all others out is used. */
static u64 read_pmr(void)
{
	u64 pmr = read_sysreg(icc_pmr_el1);

	return pmr == gicv3.pmr_wake ? 0 : shown(pmr);
}

static void write_pmr(u64 pmr)
{
	pmr &= GIC_PRIO_MASK;
	if (gicv3.pmr_whole)
		pmr = ICC_PRIO_NONSECURE | pmr >> 1;
	write_sysreg(pmr < gicv3.pmr_wake ? gicv3.pmr_wake : pmr, icc_pmr_el1);
}

static u64 read_rpr(void)
{
	u64 rpr = read_sysreg(icc_rpr_el1);

	return rpr == ICC_RPR_IDLE ? rpr : shown(rpr);
}

static u64 read_common(u32 reg)
{
	switch (reg) {
	case SYS_ICC_PMR_EL1:
		return read_pmr();
	case SYS_ICC_RPR_EL1:
		return read_rpr();
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
		if (!is_read)
			write_pmr(value);
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
