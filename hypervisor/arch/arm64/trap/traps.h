/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_TRAPS_H
#define ARM64_TRAPS_H

#include <arch/sysreg.h>
#include <arch/guest_regs.h>
#include <core/arch.h>
#include <lib/page_alloc.h>

/*
 * Entry points of vectors.S; another one is smccc_handle(), of SMC. Light exits:
 * the guest's x0..x3, result its x0; x[0] of struct guest_regs is not used then.
 */
u64 traps_hvc(u64 fid, u64 arg1, u64 arg2, u64 arg3);
void traps_sync(struct guest_regs *regs, u64 esr);
/* The same of a guest in AArch32, that is, at EL0. */
void traps_sync32(struct guest_regs *regs, u64 esr);
/* A write of @value to ICC_SGI1R_EL1. */
void traps_sgi(u64 value);
/* A synchronous exception that the guest must not cause. */
void traps_fault(struct guest_regs *regs, u64 esr);
/* An interrupt, or a FIQ: a light exit. */
bool traps_irq(void);
/* WFI or WFE of AArch64, without a time: a light exit. */
struct guest_switch traps_wfx(u64 esr);
/* A cell's SError: it takes it as from the machine (serror.c). */
void serror_deliver(void);
void el2_fault(u64 vector) __attribute__((noreturn));

/* Data aborts of a guest (dabt.c); true if the guest can go on. */
bool dabt_handle(struct guest_regs *regs, u32 iss);
/*
 * Those with DABT_MMIO: after a light exit as well, when only x0..x7 are saved,
 * and the access is of one of them.
 */
bool dabt_mmio(struct guest_regs *regs, u32 iss);
/* The same for writes, with a short way for doorbells. */
bool dabt_mmio_write(struct guest_regs *regs, u32 iss);
/* The same for instruction aborts. */
bool iabt_handle(u32 iss);
/* The guest-physical address of an abort that is reported; ~0: nobody knows. */
u64 dabt_address(u64 esr);

/* Guest-physical page and address of the abort being handled. */
static inline u64 abort_page(void)
{
	return HPFAR_FIPA(read_sysreg(hpfar_el2));
}

static inline u64 abort_ipa(void)
{
	return abort_page() | (read_sysreg(far_el2) & PAGE_OFFS_MASK);
}

/*
 * Goes on after the trapped instruction, as if it had completed: a debugger's step
 * over it is over. Of AArch64; traps_sync32() corrects it for AArch32.
 */
static inline void traps_skip_instruction(void)
{
	u64 spsr = read_sysreg(spsr_el2) & ~(u64)PSR_BTYPE;

	/* the two masks apart: each fits into an instruction, both do not */
	asm("" : "+r" (spsr));
	write_sysreg(spsr & ~(u64)PSR_SS, spsr_el2);
	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
}

/* The instruction of AArch32 before which PSTATE was @spsr has been skipped (skip.c). */
void skip_aarch32(u64 spsr, u64 esr);

/*
 * A conditional instruction of AArch32 may be trapped though its condition does
 * not hold, so that it does nothing: then it is skipped, and the result is true.
 * @iss: of an exception class that has the condition.
 */
bool skip_if_nop(u32 iss);

/* A guest ends on this CPU: what SErrors it has caused are nobody's any more. */
void serror_end(void);

/* Prints what the guest did (report.c). */
__attribute__((noinline, cold)) void report_fault(const struct guest_regs *regs, u64 esr);

/*
 * Makes the guest take a synchronous exception to EL1 (inject.c): an abort of
 * the instruction that is being handled, or an undefined instruction.
 */
void inject_abort(u64 esr);
void inject_undefined(void);

#endif /* ARM64_TRAPS_H */
