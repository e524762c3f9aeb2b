/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_TRAPS_H
#define ARM64_TRAPS_H

#include <arch/sysreg.h>
#include <arch/guest_regs.h>
#include <lib/page_alloc.h>

/*
 * Entry points of vectors.S. Light exits: the guest's x0..x3, result its x0;
 * x[0] of struct guest_regs is not used then.
 */
u64 traps_hvc(u64 fid, u64 arg1, u64 arg2, u64 arg3);
u64 traps_smc(u64 fid, u64 arg1, u64 arg2, u64 arg3);
void traps_sync(struct guest_regs *regs, u64 esr);
/* A write to ICC_SGI1R_EL1 is served: true; false: it is something else. */
bool traps_sgi(struct guest_regs *regs, u64 esr);
/* A synchronous exception that the guest must not cause. */
void traps_fault(struct guest_regs *regs, u64 esr);
void traps_irq(struct guest_regs *regs);
void traps_fiq(struct guest_regs *regs);
void traps_serror(struct guest_regs *regs);
void el2_fault(u64 vector) __attribute__((noreturn));

/*
 * Data aborts of a guest (dabt.c); true if the guest can go on. After a light
 * exit only x0..x7 are saved: the access must be of one of them.
 */
bool dabt_handle(struct guest_regs *regs, u32 iss);
/* The same for writes, with a short way for doorbells. */
bool dabt_write(struct guest_regs *regs, u32 iss);
/* The same for instruction aborts. */
bool iabt_handle(u32 iss);

/* Guest-physical page and address of the abort being handled. */
static inline u64 abort_page(void)
{
	return HPFAR_FIPA(read_sysreg(hpfar_el2));
}

static inline u64 abort_ipa(void)
{
	return abort_page() | (read_sysreg(far_el2) & PAGE_OFFS_MASK);
}

/* Goes on after the trapped instruction. */
static inline void traps_skip_instruction(void)
{
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
}

/* Prints what the guest did (report.c). */
__attribute__((noinline, cold)) void report_fault(const struct guest_regs *regs, u64 esr);

/*
 * Makes the guest take a synchronous exception to EL1 (inject.c): an abort of
 * the instruction that is being handled, or an undefined instruction.
 */
void inject_abort(u64 esr);
void inject_undefined(void);

#endif /* ARM64_TRAPS_H */
