// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers of a GICv3's CPU interface, besides ICC_SGI1R_EL1: those
 * that JAILHOUSE_CELL_GIC_PMR makes trap, and SGIs of other groups.
 */

#include <arch/sysreg.h>

#include "gic.h"
#include "irq.h"
#include "vgic.h"

/* without Rt and direction */
#define SYS_ICC_PMR_EL1		SYSREG(3, 0, 4, 6, 0)
#define SYS_ICC_DIR_EL1		SYSREG(3, 0, 12, 11, 1)
#define SYS_ICC_RPR_EL1		SYSREG(3, 0, 12, 11, 3)
#define SYS_ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)
#define SYS_ICC_CTLR_EL1	SYSREG(3, 0, 12, 12, 4)

/* no interrupt is active */
#define ICC_RPR_IDLE		0xff

static u64 running_priority(void)
{
	u32 priority = (u32)read_sysreg(icc_rpr_el1);

	return priority == ICC_RPR_IDLE ? priority :
					  gic_prio_to_cell(priority) & GIC_PRIO_MASK;
}

static u64 read_common(u32 reg)
{
	switch (reg) {
	case SYS_ICC_PMR_EL1:
		return gic_prio_to_cell((u32)read_sysreg(icc_pmr_el1)) & GIC_PRIO_MASK;
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
			write_sysreg(gic_prio_from_cell((u32)value) & GIC_PRIO_MASK,
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
