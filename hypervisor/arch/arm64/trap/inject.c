// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/sysreg.h>

#include "traps.h"

/* Offset of the synchronous vector for an exception from the current mode. */
static u64 vector_offset(u64 spsr)
{
	if (spsr & PSR_MODE32)
		return VECTORS_LOWER32;
	switch (spsr & PSR_MODE_MASK) {
	case PSR_MODE_EL0t:
		return VECTORS_LOWER64;
	case PSR_MODE_EL1t:
		return VECTORS_SP0;
	default:
		return VECTORS_SPX;
	}
}

/*
 * PSTATE as an exception entry leaves it (Arm ARM, AArch64.TakeException()): what
 * it keeps is at the same places if the guest was in AArch32. Without these
 * features SPAN is RES1 and DSSBS RES0. TCO matters to guests that have tags.
 * ALLINT is RES0 without FEAT_NMI, and has no effect while SCTLR_EL1.NMI = 0.
 */
static u64 entry_pstate(u64 spsr)
{
	u64 sctlr = read_sysreg(sctlr_el1);
	u64 kept = spsr & (PSR_NZCV | PSR_DIT | PSR_PAN);

	return kept | PSR_DAIF | PSR_MODE_EL1h |
	       (sctlr & SCTLR_EL1_SPAN ? 0 : PSR_PAN) |
	       (sctlr & SCTLR_EL1_DSSBS ? PSR_SSBS : 0) |
	       (read_sysreg(hcr_el2) & HCR_ATA ? PSR_TCO : 0) |
	       ((sctlr & (SCTLR_EL1_NMI | SCTLR_EL1_SPINTMASK)) == SCTLR_EL1_NMI ?
		PSR_ALLINT : 0);
}

static void inject(u64 esr)
{
	u64 spsr = read_sysreg(spsr_el2);

	write_sysreg(esr, esr_el1);
	write_sysreg(spsr, spsr_el1);
	write_sysreg(read_sysreg(elr_el2), elr_el1);
	write_sysreg(read_sysreg(vbar_el1) + vector_offset(spsr), elr_el2);
	write_sysreg(entry_pstate(spsr), spsr_el2);
}

static bool from_el0(void)
{
	u64 spsr = read_sysreg(spsr_el2);

	return (spsr & PSR_MODE32) || (spsr & PSR_MODE_MASK) == PSR_MODE_EL0t;
}

void inject_abort(u64 esr)
{
	bool data = ESR_EC(esr) == EC_DABT_LOWER;
	u64 ec = from_el0() ? (data ? EC_DABT_LOWER : EC_IABT_LOWER) :
			      (data ? EC_DABT_SAME : EC_IABT_SAME);

	write_sysreg(read_sysreg(far_el2), far_el1);
	inject(ec << ESR_EC_SHIFT | ESR_IL | FSC_SEA |
	       (data ? esr & DABT_WNR : 0));
}

void inject_undefined(void)
{
	inject((u64)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}
