/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_ACCESS_H
#define ARM64_ACCESS_H

#include <arch/sysreg.h>
#include <cpu/percpu_private.h>

/*
 * Instructions of EL2 that an external abort may answer, because a guest or a
 * configuration has chosen the address:
 *
 *	access_begin();
 *	asm goto(MAY_ABORT("ldr %0, [%1]") : "=&r" (value) : "r" (address)
 *		 : ABORT_CLOBBERS : failed);
 *
 * The section .aborts has a pair for each: the instruction, and where EL2 goes on
 * after its abort (vectors.S), with the exit that it serves as it was.
 */
#define MAY_ABORT(instruction)						\
	"1:	" instruction "\n"					\
	"	.pushsection .aborts, \"a\"\n"				\
	"	.word	1b - ., %l[failed] - .\n"			\
	"	.popsection"
/* what the vector uses before it knows that the exception was expected */
#define ABORT_CLOBBERS	"x6", "x7", "x16", "x17", "cc", "memory"

static inline void access_begin(void)
{
	struct exit_state *exit = &this_percpu()->exit;

#define SAVE(r)		exit->r = read_sysreg(r);
	EXIT_STATE(SAVE)
#undef SAVE
}

/*
 * An asynchronous abort (SError) of what this CPU has accessed so far is taken
 * here, after access_begin(): the guest would take it for its own, or the next
 * guest on this CPU.
 */
bool access_serror(void);
/* Is one pending that needs no ESB to be so? */
static inline __attribute__((always_inline)) bool access_serror_is_shown(void)
{
	/* a write is complete, or its abort is pending */
	dsb(sy);
	/* ISR_EL1 is not read ahead of that */
	isb();
	return read_sysreg(isr_el1) & ISR_A;
}

/*
 * Where the guest's own tables lead from @va, now: they may have changed since it
 * made an access. False: nowhere.
 */
bool access_guest_address(u64 va, u64 *address);

#endif /* ARM64_ACCESS_H */
