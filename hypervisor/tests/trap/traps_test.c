// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * What becomes of a trapped instruction, by the exception class (Arm DDI 0487): one
 * that is served leaves PC and PSTATE as if it had completed, of AArch32 as well.
 */

#include <string.h>

#include <cpu/features.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <trap/smccc.h>
#include <trap/traps.h>

#include "cell_helpers.h"
#include "fake/machine.h"
#include "fake/sysreg.h"
#include "tap.h"

#define PC		0x80001000ULL
#define VBAR		0xffff800000010800ULL

/* SPSR */
#define EL0T		0x0ULL
#define EL1H		0x5ULL
#define USR32		0x10ULL
#define THUMB		(USR32 | 1 << 5)
#define DAIF		(0xfULL << 6)
#define BTYPE		(3ULL << 10)
#define SSBS		(1ULL << 12)
#define SS		(1ULL << 21)
#define PAN		(1ULL << 22)
#define DIT		(1ULL << 24)
#define N		(1ULL << 31)
#define Z		(1ULL << 30)
#define C		(1ULL << 29)
#define V		(1ULL << 28)
#define IT(it)		((u64)(it) >> 2 << 10 | ((u64)(it) & 3) << 25)

/* ESR */
#define IL		(1ULL << 25)
#define ESR(ec, iss)	((u64)(ec) << 26 | IL | (iss))
#define CV		(1ULL << 24)
#define COND(c)		(CV | (u64)(c) << 20)
#define AL		0xeU
#define WFX		0x01
#define HVC		0x16
#define SYS		0x18
#define DABT		0x24
#define IABT		0x20

static bool sysreg_is_there, served;
static unsigned int num_sleeps, num_reports;
static bool sleep_timed;
static u64 sleep_until;
static u64 sgi;

bool irq_sysreg(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	(void)regs;
	(void)reg;
	(void)rt;
	(void)is_read;
	return sysreg_is_there;
}

static bool irq_is_taken;

bool irq_take(void)
{
	return irq_is_taken;
}

/* In the place of cpu/features.c */
u64 features_read(unsigned int crm, unsigned int op2)
{
	return 0x1d00 | crm << 4 | op2;
}

void irq_sgi1r(u64 value)
{
	sgi = value;
}

void irq_cpu_sleep(bool timed, u64 until)
{
	num_sleeps++;
	sleep_timed = timed;
	sleep_until = until;
}

void report_fault(const struct guest_regs *regs, u64 esr)
{
	(void)regs;
	(void)esr;
	num_reports++;
}

u64 smccc_handle(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	(void)arg1;
	(void)arg2;
	(void)arg3;
	return fid;
}

u64 paravirt_call(u32 fid, u64 arg1)
{
	return ~(fid + arg1);
}

bool dabt_handle(struct guest_regs *regs, u32 iss)
{
	(void)regs;
	(void)iss;
	if (served)
		traps_skip_instruction();
	return true;
}

bool iabt_handle(u32 iss)
{
	(void)iss;
	return true;
}

struct trap {
	u64 esr, spsr;
	/* afterwards */
	u64 pc, pstate;
	u64 elr_el1, spsr_el1;
	u64 x5;
};

static void take(void *arg)
{
	struct guest_regs *regs = &this_percpu()->regs;
	struct trap *trap = arg;

	fake_sysreg_set("esr_el2", trap->esr);
	fake_sysreg_set("spsr_el2", trap->spsr);
	fake_sysreg_set("elr_el2", PC);
	for (u64 n = 0; n < 31; n++)
		regs->x[n] = n ? 0x1000 + n : 0;
	fake_record_steps();
	/* as vectors.S calls them */
	if (trap->spsr & USR32)
		traps_sync32(regs, trap->esr);
	else
		traps_sync(regs, trap->esr);
	trap->x5 = regs->x[5];
	trap->pc = fake_sysreg("elr_el2");
	trap->pstate = fake_sysreg("spsr_el2");
	trap->elr_el1 = fake_sysreg("elr_el1");
	trap->spsr_el1 = fake_sysreg("spsr_el1");
}

/* On CPU 2, a cell's, or 0, root's */
static struct trap made_on(unsigned int cpu, u64 esr, u64 spsr)
{
	struct trap trap = { .esr = esr, .spsr = spsr };

	fake_on_cpu(cpu, take, &trap);
	fake_check();
	return trap;
}

static struct trap made(u64 esr, u64 spsr)
{
	return made_on(2, esr, spsr);
}

static void setup(void)
{
	create_and_start();
	fake_sysreg_set("vbar_el1", VBAR);
	fake_sysreg_set("sctlr_el1", 1 << 23);
	fake_sysreg_set("hcr_el2", 0);
	fake_sysreg_set("esr_el1", 0);
	fake_sysreg_set("spsr_el1", 0);
	fake_sysreg_set("elr_el1", 0);
	sysreg_is_there = true;
	served = true;
	num_sleeps = 0;
}

static struct trap check_completed(u64 esr, u64 spsr, u64 pc, u64 pstate)
{
	struct trap trap = made(esr, spsr);

	CHECK_EQ(trap.pc, pc);
	CHECK_EQ(trap.pstate, pstate);
	return trap;
}

/* Each that is served; BTYPE and SS are used up, the rest stays. */
TEST(completed_instructions)
{
	const u64 kept = N | C | SSBS | PAN | DIT | DAIF;
	static const u64 esrs[] = {
		ESR(WFX, COND(AL)), ESR(SYS, 3 << 20), ESR(DABT, 0),
		/* ICC_SGI1R_EL1 */
		ESR(SYS, 3 << 20 | 5 << 17 | 12 << 10 | 9 << 5 | 11 << 1),
	};

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(esrs); n++) {
		check_completed(esrs[n], kept | EL1H, PC + 4, kept | EL1H);
		check_completed(esrs[n], kept | EL0T, PC + 4, kept | EL0T);
		check_completed(esrs[n], BTYPE | EL1H, PC + 4, EL1H);
		check_completed(esrs[n], BTYPE | SS | EL0T, PC + 4, EL0T);
		check_completed(esrs[n], kept | SS | EL1H, PC + 4, kept | EL1H);
	}
	CHECK_EQ(sgi, 0x1009);
}

/* The PC of an HVC is behind it already, and what it has used up is gone. */
TEST(hvc)
{
	setup();
	check_completed(ESR(HVC, 0), SS | EL1H, PC, SS | EL1H);
	check_completed(ESR(HVC, 0x4a48), EL1H, PC, EL1H);
}

static void calls_by_hvc(void *unused __attribute__((unused)))
{
	struct cell *cell = arch_this_vcpu()->cell;

	CHECK_EQ(traps_hvc(0x86000000, 1, 2, 3), ~0x86000001ULL);
	CHECK_EQ(traps_hvc(0x85000000, 1, 2, 3), 0x85000000);
	/* of root it is KVM's, which was there before us */
	arch_this_vcpu()->cell = &root_cell;
	CHECK_EQ(traps_hvc(0x86000000, 1, 2, 3), 0);
	CHECK_EQ(fake_percpu()->regs.x[1], 0xbadca11);
	CHECK_EQ(traps_hvc(0x85000000, 1, 2, 3), 0x85000000);
	arch_this_vcpu()->cell = cell;
}

TEST(paravirtual_interface_of_cells)
{
	setup();
	fake_on_cpu(2, calls_by_hvc, NULL);
}

TEST(repeated_instructions)
{
	setup();
	served = false;
	check_completed(ESR(DABT, 0), BTYPE | SS | EL1H, PC, BTYPE | SS | EL1H);
	check_completed(ESR(IABT, 0), BTYPE | SS | EL1H, PC, BTYPE | SS | EL1H);
	check_completed(ESR(DABT, 0), IT(0x1c) | SS | THUMB, PC,
			IT(0x1c) | SS | THUMB);
}

/* Of AArch32 at EL0: what traps there and is served are accesses, WFI and WFE. */
TEST(instructions_of_16_bits)
{
	static const u64 ecs[] = { WFX, DABT };

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(ecs); n++) {
		u64 esr = ESR(ecs[n], COND(AL));

		check_completed(esr, USR32, PC + 4, USR32);
		check_completed(esr, THUMB | N | V, PC + 4, THUMB | N | V);
		check_completed(esr & ~IL, THUMB, PC + 2, THUMB);
		check_completed(esr & ~IL, THUMB | SS | DIT, PC + 2, THUMB | DIT);
	}
}

/* ITAdvance() of the Arm ARM: IT<4:0> is shifted, until IT<2:0> are zero. */
TEST(if_then_blocks)
{
	/* ITTET EQ, then what is left of it */
	static const u64 eq[] = { 0x05, 0x0a, 0x14, 0x08, 0x00 };
	/* ITEEE LE */
	static const u64 le[] = { 0xdf, 0xde, 0xdc, 0xd8, 0x00 };
	const u64 esr = ESR(DABT, 0) & ~IL;

	setup();
	for (size_t n = 0; n < 4; n++) {
		check_completed(esr, THUMB | IT(le[n]), PC + 2, THUMB | IT(le[n + 1]));
		if (n != 2)
			check_completed(esr, THUMB | IT(eq[n]), PC + 2,
					THUMB | IT(eq[n + 1]));
	}
	/* bits beside it stay */
	check_completed(esr, THUMB | IT(le[0]) | N | Z | 1 << 27 | 0xf << 16 | 1 << 9 | SS,
			PC + 2, THUMB | IT(le[1]) | N | Z | 1 << 27 | 0xf << 16 | 1 << 9);
}

/* EQ NE CS CC MI PL VS VC HI LS GE LT GT LE, as the Arm ARM explains them */
static bool condition_holds(unsigned int cond, u64 nzcv)
{
	bool n = nzcv & N, z = nzcv & Z, c = nzcv & C, v = nzcv & V;

	switch (cond) {
	case 0: return z;
	case 1: return !z;
	case 2: return c;
	case 3: return !c;
	case 4: return n;
	case 5: return !n;
	case 6: return v;
	case 7: return !v;
	case 8: return c && !z;
	case 9: return !c || z;
	case 10: return n == v;
	case 11: return n != v;
	case 12: return !z && n == v;
	case 13: return z || n != v;
	default: return true;
	}
}

static u32 denied(void)
{
	return cpus[2]->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED];
}

/* One that is denied is undefined for the guest, unless it does nothing. */
static void check_conditional(u64 esr, u64 spsr, bool holds)
{
	u32 before = denied();
	struct trap trap = made(esr, spsr);

	CHECK_EQ(denied() - before, holds);
	if (holds) {
		CHECK_EQ(trap.pc, VBAR + 0x600);
		CHECK_EQ(trap.elr_el1, PC);
		CHECK_EQ(trap.spsr_el1, spsr);
	} else {
		CHECK_EQ(trap.pc, PC + 4);
	}
}

TEST(conditions)
{
	static const u64 ecs[] = { 0x03, 0x04, 0x05, 0x06, 0x08, 0x0c };

	setup();
	for (unsigned int n = 0; n < ARRAY_SIZE(ecs) * 256; n++) {
		unsigned int cond = n & 0xf;
		u64 nzcv = (u64)(n >> 4 & 0xf) << 28, ec = ecs[n / 256];
		bool holds = condition_holds(cond, nzcv);

		check_conditional(ESR(ec, COND(cond)), USR32 | nzcv, holds);
		/* the syndrome need not tell that of T32, but PSTATE does */
		check_conditional(ESR(ec, 0), THUMB | nzcv, true);
		if (cond < 0xe)
			check_conditional(ESR(ec, 0),
					  THUMB | IT(cond << 4 | 8) | nzcv, holds);
		/* where it does, that counts */
		check_conditional(ESR(ec, COND(AL)), THUMB | IT(0x18) | nzcv, true);
	}
}

TEST(waiting)
{
	setup();
	made(ESR(WFX, COND(AL)), EL1H);
	CHECK_EQ(num_sleeps, 1);
	CHECK(!sleep_timed);
	made(ESR(WFX, COND(AL) | 1), EL1H);
	CHECK_EQ(num_sleeps, 1);
	/* WFIEQ */
	check_completed(ESR(WFX, COND(0)) & ~IL, THUMB, PC + 2, THUMB);
	CHECK_EQ(num_sleeps, 1);
	check_completed(ESR(WFX, COND(0)) & ~IL, THUMB | Z, PC + 2, THUMB | Z);
	CHECK_EQ(num_sleeps, 2);
}

/* WFIT Xt: the guest's time-out is kept. WFET has none while WFE does not wait. */
TEST(waiting_with_a_time_out)
{
	static const u64 before[] = { 0x1005, 0x101e, 0 };
	static const unsigned int registers[] = { 5, 30, 31 };

	setup();
	for (size_t n = 0; n < ARRAY_SIZE(registers); n++) {
		made(ESR(WFX, COND(AL) | registers[n] << 5 | 4 | 2), EL1H);
		CHECK(sleep_timed);
		CHECK_EQ(sleep_until, before[n]);
	}
	/* a CPU that does not tell the register */
	made(ESR(WFX, COND(AL) | 5 << 5 | 2), EL1H);
	CHECK(sleep_timed && !sleep_until);
	CHECK_EQ(num_sleeps, 4);
	made(ESR(WFX, COND(AL) | 5 << 5 | 4 | 3), EL1H);
	CHECK_EQ(num_sleeps, 4);
}

/* Another guest would have the CPU before a program of 32 bits is at its next instruction. */
TEST(waiting_on_a_shared_cpu)
{
	static const struct cellblock_sharing sharing;
	struct vcpu *own;

	setup();
	own = cpus[2]->vcpu;
	own->share.config = &sharing;
	check_completed(ESR(WFX, COND(AL)) & ~IL, THUMB, PC + 2, THUMB);
	CHECK_EQ(own->share.rest, SHARE_READY);
	CHECK_EQ(num_sleeps, 0);
	own->share.config = NULL;
}

/* WFI and WFE of AArch64: a light exit. */
static void wait_lightly(u64 wfe)
{
	struct guest_switch next;

	fake_sysreg_set("elr_el2", PC);
	fake_sysreg_set("spsr_el2", EL1H | SS);
	next = traps_wfx(ESR(WFX, COND(AL) | wfe));
	CHECK(!next.to);
	CHECK_EQ(fake_sysreg("elr_el2"), PC + 4);
	CHECK_EQ(fake_sysreg("spsr_el2"), EL1H);
}

static void waits_lightly(void *unused __attribute__((unused)))
{
	static const struct cellblock_sharing sharing;
	struct vcpu *own = cpus[2]->vcpu;

	wait_lightly(0);
	CHECK_EQ(num_sleeps, 1);
	CHECK(!sleep_timed);
	wait_lightly(1);
	CHECK_EQ(num_sleeps, 1);
	/* another one may have the CPU: nothing sleeps in it */
	own->share.config = &sharing;
	own->cpu->running = own;
	wait_lightly(1);
	CHECK_EQ(own->share.rest, SHARE_READY);
	wait_lightly(0);
	CHECK_EQ(own->share.rest, SHARE_SLEEPS);
	CHECK_EQ(num_sleeps, 1);
	own->share.config = NULL;
}

TEST(waiting_in_a_light_exit)
{
	setup();
	fake_on_cpu(2, waits_lightly, NULL);
}

/* ID_AA64PFR0_EL1, to x5, is not the machine's; writing it is denied. */
TEST(id_registers)
{
	const u64 id = 3 << 20 | 4 << 1 | 5 << 5;
	struct trap trap;

	setup();
	sysreg_is_there = false;
	trap = made(ESR(SYS, id | 1), EL1H);
	CHECK_EQ(trap.pc, PC + 4);
	CHECK_EQ(trap.x5, 0x1d40);
	trap = made(ESR(SYS, id), EL1H);
	CHECK_EQ(trap.pc, VBAR + 0x200);
	CHECK_EQ(trap.x5, 0x1005);
}

/* What is denied is not skipped: the guest's handler finds where it was. */
TEST(denied_instructions)
{
	struct trap trap;

	setup();
	sysreg_is_there = false;
	trap = check_completed(ESR(SYS, 3 << 20), BTYPE | SS | EL1H, VBAR + 0x200,
			       DAIF | EL1H);
	CHECK_EQ(trap.elr_el1, PC);
	CHECK_EQ(trap.spsr_el1, BTYPE | SS | EL1H);
	check_completed(ESR(SYS, 3 << 20), USR32, VBAR + 0x600, DAIF | EL1H);
	/* though the handler be where the next instruction is */
	fake_sysreg_set("vbar_el1", PC + 4 - 0x600);
	check_completed(ESR(0x03, COND(AL)) & ~IL, THUMB | IT(0xdf), PC + 4, DAIF | EL1H);
}

TAP_MAIN(
	TAP_TEST(completed_instructions),
	TAP_TEST(hvc),
	TAP_TEST(paravirtual_interface_of_cells),
	TAP_TEST(repeated_instructions),
	TAP_TEST(instructions_of_16_bits),
	TAP_TEST(if_then_blocks),
	TAP_TEST(conditions),
	TAP_TEST(waiting),
	TAP_TEST(waiting_with_a_time_out),
	TAP_TEST(waiting_on_a_shared_cpu),
	TAP_TEST(waiting_in_a_light_exit),
	TAP_TEST(id_registers),
	TAP_TEST(denied_instructions)
)
