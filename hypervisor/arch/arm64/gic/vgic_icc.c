// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Trapped registers of a GICv3's CPU interface, besides ICC_SGI1R_EL1: SGIs of other
 * groups.
 */

#include <arch/sysreg.h>

#include "gicv3.h"
#include "irq.h"
#include "vgic.h"

/* without Rt and direction */
#define SYS_ICC_ASGI1R_EL1	SYSREG(3, 0, 12, 11, 6)
#define SYS_ICC_SGI0R_EL1	SYSREG(3, 0, 12, 11, 7)

bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	/* no other security state, no Group 0 */
	if (reg != SYS_ICC_ASGI1R_EL1 && reg != SYS_ICC_SGI0R_EL1)
		return false;
	vgic_count_denied(1);
	if (is_read)
		guest_regs_set(regs, rt, 0);
	return true;
}
