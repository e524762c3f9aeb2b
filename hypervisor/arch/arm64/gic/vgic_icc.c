// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers of a GICv3's CPU interface, besides ICC_SGI1R_EL1: SGIs of other
 * groups, and of injected delivery those of Group 0, where no interrupt ever is.
 */

#include <arch/sysreg.h>

#include "gicv3.h"
#include "irq.h"
#include "vgic.h"

/* without Rt and direction */
#define SYS_ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)

#define SYS_ICC_IGRPEN0_EL1	SYSREG(3, 0, 12, 12, 6)
/* and of Group 0 all those with CRm 8: */
#define SYS_ICC_IAR0_EL1	SYSREG(3, 0, 12, 8, 0)
#define SYS_ICC_HPPIR0_EL1	SYSREG(3, 0, 12, 8, 2)
#define SYS_ICC_AP0R3_EL1	SYSREG(3, 0, 12, 8, 7)
/* no interrupt is pending */
#define ICC_INTID_SPURIOUS	1023

bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	bool group0 = reg == SYS_ICC_IGRPEN0_EL1 ||
		      (reg | SYSREG(0, 0, 0, 0, 7)) == SYS_ICC_AP0R3_EL1;

	/* no other security state, no Group 0 */
	if (!group0 && reg != SYS_ICC_ASGI1R_EL1 && reg != SYS_ICC_SGI0R_EL1)
		return false;
	/* Linux writes some of Group 0's when a CPU comes */
	vgic_count_denied(!group0);
	if (is_read)
		guest_regs_set(regs, rt, reg == SYS_ICC_IAR0_EL1 || reg == SYS_ICC_HPPIR0_EL1 ?
					 ICC_INTID_SPURIOUS : 0);
	return true;
}
