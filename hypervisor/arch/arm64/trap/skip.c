// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a completed instruction changes besides the PC; 32-bit programs at EL0. */

#include <arch/sysreg.h>

#include "traps.h"

/* PSTATE.IT: T32's conditions of the next instructions, in two parts */
static u32 it_state(u64 spsr)
{
	return (u32)(spsr >> 10 & 0x3f) << 2 | (u32)(spsr >> 25 & 3);
}

/* Arm ARM, ITAdvance() */
static u64 advance_it(u64 spsr)
{
	u64 it = it_state(spsr);

	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	return (spsr & ~(u64)PSR_IT) | it >> 2 << 10 | (it & 3) << 25;
}

void skip_aarch32(u64 spsr, u64 esr)
{
	/* it had 16 bits */
	if (!(esr & ESR_IL))
		write_sysreg(read_sysreg(elr_el2) - 2, elr_el2);
	write_sysreg(advance_it(spsr) & ~(u64)PSR_SS, spsr_el2);
}

/* The condition field of the instruction; without a valid one it is T32's */
static u32 condition(u32 iss, u64 spsr)
{
	u32 it = it_state(spsr);

	if (iss & ESR_CV)
		return ESR_COND(iss);
	return it & 0xf ? it >> 4 : COND_AL;
}

bool skip_if_nop(u32 iss)
{
	/* NZCV, as the number of a bit, with which EQ, CS, MI, VS, HI, GE, GT, AL hold */
	static const u16 hold[] = {
		0xf0f0, 0xcccc, 0xff00, 0xaaaa, 0x0c0c, 0xaa55, 0x0a05, 0xffff,
	};
	u64 spsr = read_sysreg(spsr_el2);
	u32 cond = condition(iss, spsr);
	bool holds = hold[cond >> 1] >> (spsr >> 28 & 0xf) & 1;

	/* odd ones are the opposites, but for the last */
	if (holds != (cond & 1) || cond > COND_AL)
		return false;
	traps_skip_instruction();
	return true;
}
