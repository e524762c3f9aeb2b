// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * SErrors at the world switch of a shared CPU: each is the guest's that has caused it;
 * and whose SVE registers are kept; timers and counters. That all other registers are kept
 * is for the machine to show (ci/tests/kept.sh).
 */

#include <setjmp.h>
#include <string.h>

#include <arch/boot.h>
#include <core/arch.h>
#include <core/cell.h>
#include <cpu/context.h>
#include <cpu/cpu.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <lib/errno.h>
#include <lib/page_alloc.h>
#include <lib/refuse.h>
#include <mm/access.h>
#include <mm/stage2.h>
#include <trap/traps.h>

#include "fake/sysreg.h"
#include "fake/wrap.h"
#include "tap.h"

#define AMO		(1ULL << 5)
#define VSE		(1ULL << 8)
/* ID_AA64PFR0_EL1 */
#define RAS		(1ULL << 28)
#define SVE		(1ULL << 32)
#define TSM		(1ULL << 12)	/* CPTR_EL2 */
#define ENTP2		(1ULL << 60)	/* SCTLR_EL1 */
/* of one whose encoding is a macro */
#define NAME(r)		SYSREG_NAME(r)
#define VSESR		NAME(VSESR_EL2)
#define VDISR		NAME(VDISR_EL2)

static struct jailhouse_cell_desc config;
struct cell root_cell = { .config = &config };
static struct cell cell = { .config = &config };
static struct cpu_context roots_context, cells_context;
static struct cpu cpu;
static struct vcpu root = { .cpu = &cpu, .cell = &root_cell, .arch.context = &roots_context };
static const struct cellblock_sharing sharing;
static struct vcpu guest = {
	.cpu = &cpu, .cell = &cell, .share.config = &sharing, .arch.context = &cells_context,
};
static struct percpu percpu = { .cpu = &cpu };
static bool pending;		/* an SError of what the guest before has done */
static bool has_aux_registers, waits;	/* what irq_waits() says */
static bool paused;		/* root's profiling */
static const struct vcpu *nobodys;	/* whose was taken and given to nobody */
static const void *sve_saved;
static size_t pages;		/* allocated, not yet given back */
static jmp_buf entered;

struct percpu *fake_percpu(void)
{
	return &percpu;
}

static void make_pending(void)
{
	pending = true;
	/* with RAS, not before an ESB */
	if (!this_cpu_has(HAS_EL2_RAS))
		fake_sysreg_set("isr_el1", ISR_A);
}

bool access_serror(void)
{
	bool taken = pending;

	pending = false;
	fake_sysreg_set("isr_el1", 0);
	return taken;
}

void serror_end(void)
{
	if (access_serror())
		nobodys = percpu.vcpu;
}

bool has_keys(void)
{
	return false;
}

bool has_counters(void)
{
	return false;
}

bool has_aux(void)
{
	return has_aux_registers;
}

bool profiling_is_there(const struct el2_state *roots __attribute__((unused)))
{
	return false;
}

void profiling_pause(const struct el2_state *roots, struct profiling_state *state)
{
	CHECK(roots == &percpu.saved && state == &roots_context.profiling);
	CHECK(!paused);
	paused = true;
}

void profiling_resume(const struct el2_state *roots, const struct profiling_state *state)
{
	CHECK(roots == &percpu.saved && state == &roots_context.profiling);
	paused = false;
}

void sve_save(void *to)
{
	sve_saved = to;
}

/* What is not looked at here */

void irq_cpu_keep(struct vcpu *vcpu __attribute__((unused)),
		  struct cpu_context *context __attribute__((unused)),
		  u32 has __attribute__((unused))) { }
void irq_cpu_resume(struct vcpu *vcpu __attribute__((unused)),
		    const struct cpu_context *context __attribute__((unused)),
		    u32 has __attribute__((unused))) { }
void irq_cpu_stay(const struct gic_vcpu *v __attribute__((unused))) { }
void irq_cpu_drop(void) { }

int irq_cpu_share(bool on __attribute__((unused)))
{
	return 0;
}

bool irq_waits(void)
{
	return waits;
}

u64 irq_hcr_bits(void)
{
	return 0;
}

u64 stage2_vtcr(void)
{
	return 0;
}

void vmenter(const struct cpu_context *next)
{
	percpu.regs = next->regs;
	longjmp(entered, 1);
}

void cpu_begin_guest(const struct vcpu *vcpu, struct guest_regs *regs)
{
	CHECK(vcpu == percpu.vcpu);
	cpu_set_traps();
	*regs = (struct guest_regs) { .x[0] = vcpu->start_arg };
}

void *__wrap_page_alloc(size_t num, size_t align __attribute__((unused)))
{
	static struct {
		struct cpu_context context;
		u8 sve[SVE_STATE_SIZE];
	} place;

	CHECK(num * PAGE_SIZE >= sizeof(struct cpu_context));
	pages += num;
	return &place;
}

void __wrap_page_free(void *page __attribute__((unused)), size_t num)
{
	pages -= num;
}

int refuse_record(unsigned int how, const char *sentence __attribute__((unused)), ...)
{
	return -(int)(how & REFUSE_CODE);
}

int refuse_memory(void)
{
	return -1;
}

/* HCR_EL2, of SErrors */
static u64 serrors(void)
{
	return fake_sysreg("hcr_el2") & (AMO | VSE);
}

/* Root runs, and a cell has begun before. */
static void setup(u64 pfr0)
{
	static const char *const others[] = {
		"elr_el2", "spsr_el2", "mdscr_el1", "cnthp_cval_el2", "cnthp_ctl_el2",
		"id_aa64mmfr0_el1", "id_aa64mmfr1_el1", "midr_el1", "mpidr_el1", "isr_el1",
	};

#define SET(r, value)	fake_sysreg_set(SYSREG_NAME(r), 0);
#define SET_EL2(r)	SET(r, 0)
	EL1_STATE(SET)
	TIMER_STATE(SET)
	EL2_ALWAYS(SET_EL2)
	for (size_t n = 0; n < ARRAY_SIZE(others); n++)
		fake_sysreg_set(others[n], 0);
	fake_sysreg_set("id_aa64pfr0_el1", pfr0);
	if (pfr0) {
		EL2_RAS(SET_EL2)
	}
	percpu.saved = (struct el2_state) { 0 };
	el2_enter(&percpu.saved);
	cpu.vcpu = &root;
	percpu.vcpu = &guest;
	cpu_set_traps();
	percpu.vcpu = &root;
	cpu_set_traps();
}

/* With the end of the exit, as vectors.S has it. */
static void switch_from(struct vcpu *from, bool kept, struct vcpu *to, bool fresh)
{
	struct guest_switch next = arch_vcpu_switch(from, kept, to, fresh);

	CHECK(next.from == from->arch.context);
	CHECK(next.to == to->arch.context);
	next.from->regs = percpu.regs;
	if (!setjmp(entered))
		arch_vcpu_enter(next);
}

static void switch_to(struct vcpu *to)
{
	switch_from(percpu.vcpu, true, to, false);
	CHECK(percpu.vcpu == to);
	CHECK(!pending);
}

/* It comes late, when the other guest has its turn: that one has nothing of it. */
static void check_comes_back(struct vcpu *from, struct vcpu *other)
{
	u64 others;

	switch_to(from);
	switch_to(other);
	others = serrors();
	switch_to(from);
	make_pending();
	switch_to(other);
	CHECK_EQ(serrors(), others);
	switch_to(from);
	/* pending for EL1, which needs AMO: root's next one comes that way too */
	CHECK_EQ(serrors(), AMO | VSE);
}

TEST(that_of_the_guest_before_is_its_own)
{
	setup(0);
	check_comes_back(&root, &guest);
	setup(RAS);
	/* what an earlier one has said */
	cells_context.el2.VSESR_EL2 = 0x123;
	check_comes_back(&guest, &root);
	/* of no kind that can be told */
	CHECK_EQ(fake_sysreg(VSESR), 0);
}

TEST(what_is_pending_for_a_guest_waits_for_it)
{
	setup(RAS);
	switch_to(&guest);
	fake_sysreg_set("hcr_el2", fake_sysreg("hcr_el2") | VSE);
	fake_sysreg_set(VSESR, 0x123);
	fake_sysreg_set(VDISR, 0x80000011);
	switch_to(&root);
	CHECK_EQ(serrors(), 0);
	CHECK_EQ(fake_sysreg(VSESR), 0);
	CHECK_EQ(fake_sysreg(VDISR), 0);
	switch_to(&guest);
	CHECK_EQ(serrors(), AMO | VSE);
	CHECK_EQ(fake_sysreg(VSESR), 0x123);
	CHECK_EQ(fake_sysreg(VDISR), 0x80000011);
}

/* And once taken, it is not there again. */
TEST(what_it_has_taken_is_gone)
{
	setup(0);
	switch_to(&guest);
	make_pending();
	switch_to(&root);
	switch_to(&guest);
	fake_sysreg_set("hcr_el2", fake_sysreg("hcr_el2") & ~VSE);
	switch_to(&root);
	switch_to(&guest);
	CHECK_EQ(serrors(), AMO);
}

TEST(that_of_one_that_has_ended_is_nobodys)
{
	setup(0);
	switch_to(&guest);
	make_pending();
	switch_from(&guest, false, &root, false);
	CHECK(nobodys == &guest);
	CHECK_EQ(serrors(), 0);
	/* nor its next start's */
	switch_from(&root, true, &guest, true);
	CHECK_EQ(serrors(), AMO);
}

/* To the other guest and back, with a context of its own: does it have SVE registers in there? */
static bool keeps_sve(struct vcpu *vcpu, struct vcpu *other)
{
	struct cpu_context *context = vcpu->arch.context;
	const void *sve;
	size_t num;

	switch_to(other);
	CHECK_EQ(arch_vcpu_share(vcpu), 0);
	num = pages;
	/* the end of an exit loads by that */
	sve = vcpu->arch.context->sve;
	switch_to(vcpu);
	sve_saved = NULL;
	switch_to(other);
	CHECK(sve_saved == sve);
	arch_vcpu_unshare(vcpu);
	CHECK_EQ(pages, 0);
	vcpu->arch.context = context;
	CHECK_EQ(num, PAGES(sizeof(*context) + (sve ? SVE_STATE_SIZE : 0)));
	return sve;
}

TEST(sve_is_kept_for_root_alone)
{
	setup(0);
	CHECK(!keeps_sve(&root, &guest));
	CHECK(!keeps_sve(&guest, &root));
	setup(SVE);
	CHECK(keeps_sve(&root, &guest));
	CHECK(!keeps_sve(&guest, &root));
}

static int share_with_sme(u64 sctlr, u64 svcr)
{
	fake_sysreg_set("cptr_el2", 0);
	fake_sysreg_set("sctlr_el1", sctlr);
	fake_sysreg_set(NAME(SVCR), svcr);
	return arch_cpu_share(true);
}

TEST(nothing_keeps_what_sme_has)
{
	setup(SVE);
	/* a CPU without, where SVCR is undefined */
	fake_sysreg_set("cptr_el2", TSM);
	CHECK_EQ(arch_cpu_share(true), 0);
	CHECK_EQ(share_with_sme(ENTP2, 0), -ENODEV);
	CHECK_EQ(share_with_sme(0, 1), -ENODEV);
	CHECK_EQ(share_with_sme(0, 2), -ENODEV);
	/* it ends all the same */
	CHECK_EQ(arch_cpu_share(false), 0);
	CHECK_EQ(share_with_sme(0, 0), 0);
	CHECK_EQ(fake_sysreg("cptr_el2") & TSM, TSM);
}

/* Root has it again when its CPU is its own. */
TEST(sme_is_off_while_a_cpu_is_shared)
{
	struct cpu_context *context = root.arch.context;

	setup(SVE);
	CHECK_EQ(share_with_sme(0, 0), 0);
	switch_to(&guest);
	switch_to(&root);
	CHECK_EQ(fake_sysreg("cptr_el2") & TSM, TSM);
	CHECK_EQ(arch_cpu_share(false), 0);
	arch_vcpu_unshare(&root);
	CHECK_EQ(fake_sysreg("cptr_el2") & TSM, 0);
	root.arch.context = context;
}

/* General-purpose registers: kept, also for one that begins, and nobody's if it has ended. */
TEST(registers_are_the_guests)
{
	setup(0);
	percpu.regs.x[19] = 1;
	cells_context.regs.x[19] = 2;
	switch_to(&guest);
	CHECK_EQ(roots_context.regs.x[19], 1);
	CHECK_EQ(percpu.regs.x[19], 2);
	switch_from(&guest, false, &root, false);
	CHECK_EQ(percpu.regs.x[19], 1);
	CHECK_EQ(cells_context.regs.x[19], 2);
	percpu.regs.x[19] = 3;
	guest.start_arg = 4;
	switch_from(&root, true, &guest, true);
	CHECK_EQ(percpu.regs.x[0], 4);
	switch_to(&root);
	CHECK_EQ(percpu.regs.x[19], 3);
}

/* Both timers: what they wait for, and whether they do. */
TEST(timers_are_the_guests)
{
	u64 value = 1;

	setup(0);
#define NEXT(r, reset)	fake_sysreg_set(SYSREG_NAME(r), value++);
	TIMER_STATE(NEXT)
	switch_to(&guest);
	TIMER_STATE(SET)
	switch_to(&root);
	value = 1;
#define IS_NEXT(r, reset)	CHECK_EQ(fake_sysreg(SYSREG_NAME(r)), value++);
	TIMER_STATE(IS_NEXT)
}

/* The earlier of both; masked and disabled ones never. */
TEST(a_guest_sleeps_until_its_timers_fire)
{
	setup(0);
	fake_sysreg_set("cntv_ctl_el0", 1);
	fake_sysreg_set("cntv_cval_el0", 100);
	fake_sysreg_set("cntp_ctl_el0", 1);
	fake_sysreg_set("cntp_cval_el0", 200);
	CHECK_EQ(arch_guest_alarm(), 100);
	fake_sysreg_set("cntv_ctl_el0", 3);
	CHECK_EQ(arch_guest_alarm(), 200);
	fake_sysreg_set("cntp_ctl_el0", 0);
	CHECK_EQ(arch_guest_alarm(), ~0ULL);
	waits = true;
	CHECK_EQ(arch_guest_alarm(), 0);
	waits = false;
}

/* Registers that most CPUs have not: kept where they keep something. */
TEST(implementation_defined_registers_are_the_guests)
{
	has_aux_registers = true;
	setup(0);
	fake_sysreg_set("amair_el1", 5);
	switch_to(&guest);
	fake_sysreg_set("amair_el1", 6);
	switch_to(&root);
	CHECK_EQ(fake_sysreg("amair_el1"), 5);
	switch_to(&guest);
	CHECK_EQ(fake_sysreg("amair_el1"), 6);
	has_aux_registers = false;
	setup(0);
	fake_sysreg_set("amair_el1", 7);
	switch_to(&guest);
	CHECK_EQ(fake_sysreg("amair_el1"), 7);
}

/* Root's counters count what root does. */
TEST(counters_stand_still_for_a_cell)
{
	setup(0);
	fake_sysreg_set("pmcntenset_el0", 5);
	fake_sysreg_set("pmcntenclr_el0", 0);
	percpu.has |= 1U << HAS_COUNTERS;
	switch_to(&guest);
	CHECK_EQ(fake_sysreg("pmcntenclr_el0"), ~0U);
	fake_sysreg_set("pmcntenset_el0", 0);
	switch_to(&root);
	CHECK_EQ(fake_sysreg("pmcntenset_el0"), 5);
}

/* SPE would write by what the cell has at that address, or EL2. */
TEST(profiling_pauses_for_a_cell)
{
	setup(0);
	percpu.has |= 1U << HAS_PROFILING;
	switch_to(&guest);
	CHECK(paused);
	switch_to(&root);
	CHECK(!paused);
}

/* Debug and the PMU are root's on such a CPU: TDA, TDOSA and TDRA, TPM and TPMCR. */
TEST(a_guest_has_no_debug_registers)
{
	setup(0);
	CHECK_EQ(roots_context.el2.mdcr_el2 & 0xe60, 0);
	CHECK_EQ(cells_context.el2.mdcr_el2 & 0xe60, 0xe60);
}

TAP_MAIN(
	TAP_TEST(that_of_the_guest_before_is_its_own),
	TAP_TEST(what_is_pending_for_a_guest_waits_for_it),
	TAP_TEST(what_it_has_taken_is_gone),
	TAP_TEST(that_of_one_that_has_ended_is_nobodys),
	TAP_TEST(sve_is_kept_for_root_alone),
	TAP_TEST(nothing_keeps_what_sme_has),
	TAP_TEST(sme_is_off_while_a_cpu_is_shared),
	TAP_TEST(registers_are_the_guests),
	TAP_TEST(timers_are_the_guests),
	TAP_TEST(a_guest_sleeps_until_its_timers_fire),
	TAP_TEST(implementation_defined_registers_are_the_guests),
	TAP_TEST(counters_stand_still_for_a_cell),
	TAP_TEST(profiling_pauses_for_a_cell),
	TAP_TEST(a_guest_has_no_debug_registers)
)
