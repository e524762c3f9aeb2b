// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The exception that a guest takes, as the Arm ARM (DDI 0487) has it: the table of
 * vector offsets, ESR_EL1, and AArch64.TakeException() in its pseudocode.
 */

#include <arch/sysreg.h>
#include <trap/traps.h>

#include "fake/sysreg.h"
#include "tap.h"

#define VBAR		0xffff800000010800ULL
#define PC		0xffff800000123454ULL
#define FAR		0xffff0000deadbee1ULL

/* M[4:0] of an SPSR */
#define EL0T		0x0
#define EL1T		0x4
#define EL1H		0x5
#define USR32		0x10

#define DAIF		(0xfULL << 6)
#define SSBS		(1ULL << 12)
#define ALLINT		(1ULL << 13)
#define IL		(1ULL << 20)
#define SS		(1ULL << 21)
#define PAN		(1ULL << 22)
#define UAO		(1ULL << 23)
#define DIT		(1ULL << 24)
#define TCO		(1ULL << 25)
#define NZCV		(0xfULL << 28)
#define BTYPE		(3ULL << 10)

/* SCTLR_EL1 */
#define SPAN		(1ULL << 23)
#define DSSBS		(1ULL << 44)
#define NMI		(1ULL << 61)
#define SPINTMASK	(1ULL << 62)

/* HCR_EL2 */
#define ATA		(1ULL << 56)

/* ESR: EC in bits 31..26, IL in bit 25 */
#define ESR(ec, iss)	((u64)(ec) << 26 | 1U << 25 | (iss))
#define DATA		0x24
#define FETCH		0x20
#define WRITE		(1U << 6)

/* A guest was interrupted in this state, by this at EL2. */
static void setup(u64 spsr, u64 sctlr)
{
	fake_sysreg_set("spsr_el2", spsr);
	fake_sysreg_set("elr_el2", PC);
	fake_sysreg_set("far_el2", FAR);
	fake_sysreg_set("vbar_el1", VBAR);
	fake_sysreg_set("sctlr_el1", sctlr);
	fake_sysreg_set("hcr_el2", 0);
	fake_sysreg_set("esr_el1", ~0ULL);
	fake_sysreg_set("spsr_el1", ~0ULL);
	fake_sysreg_set("elr_el1", ~0ULL);
	fake_sysreg_set("far_el1", ~0ULL);
	fake_record_steps();
}

static u64 pstate_after(u64 spsr, u64 sctlr)
{
	setup(spsr, sctlr);
	inject_undefined();
	return fake_sysreg("spsr_el2");
}

static u64 vector_of(u64 spsr)
{
	setup(spsr, SPAN);
	inject_undefined();
	return fake_sysreg("elr_el2") - VBAR;
}

TEST(vectors)
{
	CHECK_EQ(vector_of(EL1T), 0x000);
	CHECK_EQ(vector_of(EL1H), 0x200);
	CHECK_EQ(vector_of(EL0T), 0x400);
	CHECK_EQ(vector_of(USR32), 0x600);
	/* whatever else is in the SPSR; T32, and what is EL1h's number there */
	CHECK_EQ(vector_of(NZCV | DAIF | PAN | EL1H), 0x200);
	CHECK_EQ(vector_of(NZCV | 0xf << 16 | 1 << 5 | USR32), 0x600);
}

TEST(where_it_came_from)
{
	static const u64 from[] = {
		EL0T, EL1T, EL1H, USR32, NZCV | PAN | SS | EL0T,
		DAIF | IL | UAO | EL1H, NZCV | 1 << 5 | 0x3f << 10 | USR32,
	};

	for (size_t n = 0; n < ARRAY_SIZE(from); n++) {
		setup(from[n], SPAN);
		inject_undefined();
		CHECK_EQ(fake_sysreg("elr_el1"), PC);
		CHECK_EQ(fake_sysreg("spsr_el1"), from[n]);
		setup(from[n], SPAN);
		inject_abort(ESR(DATA, 4));
		CHECK_EQ(fake_sysreg("elr_el1"), PC);
		CHECK_EQ(fake_sysreg("spsr_el1"), from[n]);
	}
}

/* All masked, EL1h; no step, no illegal state. */
TEST(pstate_is_made_anew)
{
	static const u64 from[] = { EL0T, EL1T, EL1H, USR32 };

	for (size_t n = 0; n < ARRAY_SIZE(from); n++) {
		CHECK_EQ(pstate_after(from[n], SPAN), DAIF | EL1H);
		CHECK_EQ(pstate_after(from[n] | SS | IL, SPAN), DAIF | EL1H);
	}
	/* of AArch64 only: in AArch32 these bits mean something else */
	CHECK_EQ(pstate_after(EL1H | UAO | BTYPE | DAIF, SPAN), DAIF | EL1H);
	/* Q, GE, IT, E and T are AArch32's */
	CHECK_EQ(pstate_after(USR32 | 1 << 27 | 3 << 25 | 0xf << 16 |
			      0x3f << 10 | 1 << 9 | 1 << 5, SPAN), DAIF | EL1H);
}

TEST(pstate_that_stays)
{
	CHECK_EQ(pstate_after(NZCV | EL1H, SPAN), NZCV | DAIF | EL1H);
	CHECK_EQ(pstate_after(DIT | EL0T, SPAN), DIT | DAIF | EL1H);
	CHECK_EQ(pstate_after(PAN | EL1H, SPAN), PAN | DAIF | EL1H);
	CHECK_EQ(pstate_after(NZCV | DIT | PAN | USR32, SPAN),
		 NZCV | DIT | PAN | DAIF | EL1H);
}

/* SCTLR_EL1.SPAN = 0: the kernel's accesses to its users' memory are kept out. */
TEST(pan_is_set_on_entry)
{
	CHECK_EQ(pstate_after(EL0T, 0), PAN | DAIF | EL1H);
	CHECK_EQ(pstate_after(EL1H, 0), PAN | DAIF | EL1H);
	CHECK_EQ(pstate_after(USR32, 0), PAN | DAIF | EL1H);
}

TEST(speculative_store_bypass_is_as_sctlr_says)
{
	CHECK_EQ(pstate_after(SSBS | EL1H, SPAN), DAIF | EL1H);
	CHECK_EQ(pstate_after(EL0T, SPAN | DSSBS), SSBS | DAIF | EL1H);
}

/* A handler begins with tags unchecked, as it may have to look at addresses without. */
TEST(tag_checks_are_off_in_a_handler)
{
	setup(EL0T, SPAN);
	fake_sysreg_set("hcr_el2", ATA);
	inject_undefined();
	CHECK_EQ(fake_sysreg("spsr_el2"), TCO | DAIF | EL1H);
}

/* SPINTMASK = 1: superpriority interrupts are masked by I and F alone. */
TEST(all_interrupts_are_masked_as_sctlr_says)
{
	CHECK_EQ(pstate_after(EL1H, SPAN | NMI), ALLINT | DAIF | EL1H);
	CHECK_EQ(pstate_after(EL0T, SPAN | NMI), ALLINT | DAIF | EL1H);
	CHECK_EQ(pstate_after(ALLINT | EL1H, SPAN | NMI | SPINTMASK), DAIF | EL1H);
	/* no effect, and no such bit without FEAT_NMI */
	CHECK_EQ(pstate_after(EL1H, SPAN | SPINTMASK), DAIF | EL1H);
}

static u64 esr_after(u64 spsr, u64 esr)
{
	setup(spsr, SPAN);
	inject_abort(esr);
	CHECK_EQ(fake_sysreg("far_el1"), FAR);
	return fake_sysreg("esr_el1");
}

/* EC of the same level or a lower one; a synchronous external abort (0x10). */
TEST(aborts)
{
	CHECK_EQ(esr_after(EL0T, ESR(DATA, 0x04)), ESR(0x24, 0x10));
	CHECK_EQ(esr_after(USR32, ESR(DATA, 0x04)), ESR(0x24, 0x10));
	CHECK_EQ(esr_after(EL1T, ESR(DATA, 0x04)), ESR(0x25, 0x10));
	CHECK_EQ(esr_after(EL1H, ESR(DATA, 0x04)), ESR(0x25, 0x10));
	CHECK_EQ(esr_after(EL0T, ESR(FETCH, 0x04)), ESR(0x20, 0x10));
	CHECK_EQ(esr_after(USR32, ESR(FETCH, 0x04)), ESR(0x20, 0x10));
	CHECK_EQ(esr_after(EL1H, ESR(FETCH, 0x04)), ESR(0x21, 0x10));
	CHECK_EQ(esr_after(EL1T, ESR(FETCH, 0x04)), ESR(0x21, 0x10));
}

/* What describes the instruction is EL2's business: only WnR is EL1's, too. */
TEST(syndrome_of_aborts)
{
	CHECK_EQ(esr_after(EL1H, ESR(DATA, WRITE | 0x0f)), ESR(0x25, WRITE | 0x10));
	CHECK_EQ(esr_after(EL1H, ESR(DATA, 0x1bff000 | WRITE | 0x07)),
		 ESR(0x25, WRITE | 0x10));
	/* a walk of stage 1 that stage 2 ended; the bit is RES0 at EL1 */
	CHECK_EQ(esr_after(EL1H, ESR(DATA, 1 << 7 | 0x06)), ESR(0x25, 0x10));
	/* and of fetches bit 6 is RES0 */
	CHECK_EQ(esr_after(EL1H, ESR(FETCH, WRITE | 0x07)), ESR(0x21, 0x10));
	/* a 16-bit instruction of T32: IL is 1 without a valid ISS */
	CHECK_EQ(esr_after(USR32, (u64)DATA << 26 | 0x07), ESR(0x24, 0x10));
}

/* EC 0 has no ISS, and FAR_EL1 is not written. */
TEST(undefined)
{
	setup(EL1H, SPAN);
	inject_undefined();
	CHECK_EQ(fake_sysreg("esr_el1"), ESR(0, 0));
	CHECK_EQ(fake_sysreg("far_el1"), ~0ULL);
	setup(EL0T, SPAN);
	inject_undefined();
	CHECK_EQ(fake_sysreg("esr_el1"), ESR(0, 0));
	CHECK_EQ(fake_sysreg("far_el1"), ~0ULL);
}

TEST(nothing_else_is_written)
{
	setup(EL1H, SPAN);
	inject_abort(ESR(DATA, 0x04));
	CHECK_EQ(fake_num_steps, 6);
	setup(EL1H, SPAN);
	inject_undefined();
	CHECK_EQ(fake_num_steps, 5);
}

TAP_MAIN(
	TAP_TEST(vectors),
	TAP_TEST(where_it_came_from),
	TAP_TEST(pstate_is_made_anew),
	TAP_TEST(pstate_that_stays),
	TAP_TEST(pan_is_set_on_entry),
	TAP_TEST(speculative_store_bypass_is_as_sctlr_says),
	TAP_TEST(all_interrupts_are_masked_as_sctlr_says),
	TAP_TEST(tag_checks_are_off_in_a_handler),
	TAP_TEST(aborts),
	TAP_TEST(syndrome_of_aborts),
	TAP_TEST(undefined),
	TAP_TEST(nothing_else_is_written)
)
