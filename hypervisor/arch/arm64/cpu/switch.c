// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* The world switch of a CPU that cells share with root. */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell.h>
#include <core/share.h>
#include <gic/irq.h>
#include <lib/errno.h>
#include <lib/page_alloc.h>
#include <lib/printk.h>
#include <mm/access.h>
#include <trap/traps.h>

#include "context.h"
#include "cpu.h"
#include "percpu_private.h"

static size_t context_pages(bool with_sve)
{
	return PAGES(sizeof(struct cpu_context) + (with_sve ? SVE_STATE_SIZE : 0));
}

/*
 * Cells have no SVE: P0 to P15 and FFR are Linux's alone, but who writes to Q0 to Q31
 * zeroes the rest of Z0 to Z31 (Arm ARM B1.2.2). Root's vcpu is on its CPU here.
 */
int arch_vcpu_share(struct vcpu *vcpu)
{
	bool with_sve = vcpu->cell == &root_cell &&
			ID_FIELD(read_sysreg(id_aa64pfr0_el1), ID_AA64PFR0_SVE);
	struct cpu_context *c = page_alloc(context_pages(with_sve), 1);

	vcpu->arch.context = c;
	if (!c)
		return refuse_memory();
	c->sve = with_sve ? c + 1 : NULL;
	return 0;
}

void arch_vcpu_unshare(struct vcpu *vcpu)
{
	page_free(vcpu->arch.context, context_pages(vcpu->arch.context->sve));
	vcpu->arch.context = NULL;
	if (vcpu->cell == &root_cell)
		cpu_set_traps();
}

/* What nothing keeps: Linux lets programs have SME, or has it on. TSM is RES1 without SME. */
static bool uses_sme(void)
{
	return !(read_sysreg(cptr_el2) & CPTR_TSM) &&
	       ((read_sysreg(sctlr_el1) & SCTLR_EL1_ENTP2) || read_sysreg(SVCR));
}

int arch_cpu_share(bool on)
{
	int err;

	if (on && uses_sme())
		return refuse(-ENODEV, "CPU %u has SME, which Linux uses: boot it with arm64.nosme, or give the cell a CPU of its own",
			      this_percpu()->cpu->id);
	err = irq_cpu_share(on);
	if (err)
		return err;
	/* with those of shared CPUs; arch_vcpu_unshare() has the others */
	if (on)
		cpu_set_traps();
	arch_set_alarm(~0ULL);
	write_sysreg(on ? CNT_CTL_ENABLE : 0, cnthp_ctl_el2);
	return 0;
}

#define SAVE_PAIR(x, a, a_reset, b, b_reset)	save_sysreg_pair(c->a, a, c->b, b);
#define LOAD_PAIR(x, a, a_reset, b, b_reset)	load_sysreg_pair(c->a, a, c->b, b);
#define LOAD_EL2_PAIR(x, a, _, b, __)		load_sysreg_pair(c->el2.a, a, c->el2.b, b);

/* Root's debug, profiling and counters are off while a cell runs; cells have none. */
static void stop_debug(struct cpu_context *c, u32 has)
{
	c->mdscr_el1 = read_sysreg(mdscr_el1);
	write_sysreg(0, mdscr_el1);
	if (has & 1U << HAS_COUNTERS) {
		c->pmcntenset_el0 = read_sysreg(pmcntenset_el0);
		write_sysreg(~0U, pmcntenclr_el0);
	}
	if (has & 1U << HAS_PROFILING)
		profiling_pause(&this_percpu()->saved, &c->profiling);
}

static void resume_debug(const struct cpu_context *c, u32 has)
{
	write_sysreg(c->mdscr_el1, mdscr_el1);
	if (has & 1U << HAS_COUNTERS)
		write_sysreg(c->pmcntenset_el0, pmcntenset_el0);
	if (has & 1U << HAS_PROFILING)
		profiling_resume(&this_percpu()->saved, &c->profiling);
}

/* What comes late is this guest's, too, and not the next one's. */
static inline __attribute__((always_inline)) bool late_serror(void)
{
	return access_serror_is_shown() && access_serror();
}

/* What not all CPUs have; true: with an SError that came late. */
static __attribute__((noinline)) bool save_more(struct cpu_context *c, u32 has)
{
	if (has & 1U << HAS_AUX) {
		AUX_PAIRS(SAVE_PAIR, )
	}
	if (has & 1U << HAS_KEYS) {
		KEY_PAIRS(SAVE_PAIR, )
	}
	if (c->sve)
		sve_save(c->sve);
	if (!(has & 1U << HAS_EL2_RAS))
		return late_serror();
#define SAVE(r)		c->el2.r = read_sysreg(r);
	EL2_RAS(SAVE)
	return access_serror();
}

static void save(struct vcpu *vcpu, struct cpu_context *c, u32 has)
{
	save_sysreg_pair(c->pc, elr_el2, c->pstate, spsr_el2);
	EL1_PAIRS(SAVE_PAIR, )
	TIMER_PAIRS(SAVE_PAIR, )
	if (!share_is_guest(vcpu))
		stop_debug(c, has);
	/* of EL2's, with EL2_RAS: SErrors have changed these (serror.c), or the guest has */
	SAVE(hcr_el2)
	if (has & 1U << HAS_MORE ? save_more(c, has) : late_serror()) {
		c->el2.hcr_el2 |= HCR_AMO | HCR_VSE;
		/* of what kind it is, is lost */
		c->el2.VSESR_EL2 = 0;
	}
	irq_cpu_keep(vcpu, c, has);
}

static __attribute__((noinline)) void load_more(const struct cpu_context *c, u32 has)
{
	if (has & 1U << HAS_AUX) {
		AUX_PAIRS(LOAD_PAIR, )
	}
	if (has & 1U << HAS_KEYS) {
		KEY_PAIRS(LOAD_PAIR, )
	}
	el2_load_features(&c->el2, has);
}

static void load(struct vcpu *vcpu, const struct cpu_context *c, u32 has)
{
	load_sysreg_pair(c->pc, elr_el2, c->pstate, spsr_el2);
	EL1_PAIRS(LOAD_PAIR, )
	TIMER_PAIRS(LOAD_PAIR, )
	if (!share_is_guest(vcpu))
		resume_debug(c, has);
	/* not those that are alike */
	EL2_PAIRS(LOAD_EL2_PAIR, )
	if (has & 1U << HAS_MORE)
		load_more(c, has);
	irq_cpu_resume(vcpu, c, has);
}

void arch_vcpu_stay(struct vcpu *vcpu)
{
	irq_cpu_stay(&vcpu->arch.gic);
}

struct guest_switch arch_vcpu_switch(struct vcpu *from, bool kept, struct vcpu *to, bool fresh)
{
	struct cpu_context *before = from->arch.context, *next = to->arch.context;
	u32 has = this_percpu()->has;

	if (kept) {
		save(from, before, has);
	} else {
		irq_cpu_drop();
		serror_end();
	}
	this_percpu()->vcpu = to;
	if (fresh)
		cpu_begin_guest(to, &next->regs);
	else
		load(to, next, has);
	return (struct guest_switch) { .from = before, .to = next };
}

void arch_vcpu_enter(struct guest_switch next)
{
	vmenter(next.to);
}

static u64 alarm(u64 ctl, u64 cval)
{
	return (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE ? cval : ~0ULL;
}

static u64 first(u64 a, u64 b)
{
	return a < b ? a : b;
}

u64 arch_guest_alarm(void)
{
	if (irq_waits())
		return 0;
	return first(alarm(read_sysreg(cntv_ctl_el0), read_sysreg(cntv_cval_el0)),
		     alarm(read_sysreg(cntp_ctl_el0), read_sysreg(cntp_cval_el0)));
}

bool arch_guest_masks_irqs(void)
{
	return read_sysreg(spsr_el2) & PSR_I;
}

/* Of a CPU that is shared: the timer is on, and in no life is it ~0. */
void arch_set_alarm(u64 time)
{
	write_sysreg(time, cnthp_cval_el2);
}
