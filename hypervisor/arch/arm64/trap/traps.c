// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell.h>
#include <core/control.h>
#include <core/fault.h>
#include <core/halt.h>
#include <core/hypercall.h>
#include <core/share.h>
#include <cpu/features.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <jailhouse/hypercall.h>
#include <lib/printk.h>

#include "smccc.h"
#include "traps.h"

/* asm/virt.h of Linux: what its own EL2 stub answers to unknown calls */
#define HVC_STUB_ERR		0xbadca11
#define HVC_RESET_VECTORS	2
#define HVC_STUB_LAST		3

/*
 * Root's KVM after we took EL2 away: its host calls (SMCCC, vendor hypervisor
 * range) succeed without doing anything, and running a VM answers "the
 * hypervisor is gone", which KVM makes a failed entry of the VM.
 */
static __attribute__((noinline)) u64 root_hvc(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	if (fid <= HVC_STUB_LAST)
		return fid == HVC_RESET_VECTORS ? 0 : HVC_STUB_ERR;
	if (SMCCC_OWNER((u32)fid) != SMCCC_OWNER_VENDOR_HYP)
		return smccc_handle(fid, arg1, arg2, arg3);
	this_percpu()->regs.x[1] = HVC_STUB_ERR;
	return 0;
}

/* HVC with any other immediate than the hypercalls' */
u64 traps_hvc(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	if (this_percpu()->vcpu->cell == &root_cell)
		return root_hvc(fid, arg1, arg2, arg3);
	/* before all that smccc_handle() asks */
	if (is_paravirt_call((u32)fid))
		return paravirt_call((u32)fid, arg1);
	return smccc_handle(fid, arg1, arg2, arg3);
}

/* HVC with x0 = 0, which took the full exit */
static void handle_hvc_zero(struct guest_regs *regs, u64 esr)
{
	if (ESR_HVC_IMM(esr) == JAILHOUSE_HVC_CODE)
		regs->x[0] = (u64)hypercall(0, regs->x[1], regs->x[2]);
	else
		regs->x[0] = traps_hvc(0, regs->x[1], regs->x[2], regs->x[3]);
}

/* Denied: the guest sees an undefined instruction. */
static void deny_instruction(void)
{
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_DENIED]++;
	inject_undefined();
}

static void deny_aarch32(u32 iss)
{
	if (skip_if_nop(iss))
		this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	else
		deny_instruction();
}

/* Reading does no harm, and Linux's KVM does it; writing is denied. */
static bool read_actlr(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	if (reg != SYSREG(3, 0, 1, 0, 1) || !is_read)
		return false;
	if (rt != 31)
		regs->x[rt] = read_sysreg(actlr_el1);
	return true;
}

/* HCR_EL2.TID3 */
static bool read_id(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	if ((reg & ~(u32)SYSREG(0, 0, 0, 0xf, 7)) != SYSREG(3, 0, 0, 0, 0) || !is_read)
		return false;
	guest_regs_set(regs, rt, features_read(SYSREG_CRM(reg), SYSREG_OP2(reg)));
	return true;
}

/* Debug and PMU, on a CPU that is root's as well: nothing is there. */
static bool absent(struct guest_regs *regs, u32 reg, unsigned int rt, bool is_read)
{
	bool counters = (SYSREG_CRN(reg) == 9 && SYSREG_CRM(reg) >= 12) ||
			(SYSREG_CRN(reg) == 14 && SYSREG_CRM(reg) >= 8);

	if (!share_is_guest(this_percpu()->vcpu) || (SYSREG_OP0(reg) != 2 && !counters))
		return false;
	if (is_read)
		guest_regs_set(regs, rt, 0);
	return true;
}

static void handle_sysreg(struct guest_regs *regs, u32 iss)
{
	/* direction and Rt apart */
	u32 reg = iss & ~(u32)(ESR_SYS64_RT_MASK | 1U);
	unsigned int rt = ESR_SYS64_RT(iss);

	if (!irq_sysreg(regs, reg, rt, iss & 1) &&
	    !read_actlr(regs, reg, rt, iss & 1) &&
	    !read_id(regs, reg, rt, iss & 1) &&
	    !absent(regs, reg, rt, iss & 1)) {
		deny_instruction();
		return;
	}
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	traps_skip_instruction();
}

/* JAILHOUSE_CELL_TRAP_WFI, or a CPU that is shared */
struct guest_switch traps_wfx(u64 esr)
{
	struct vcpu *vcpu = this_percpu()->vcpu;

	vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	traps_skip_instruction();
	if (!(esr & ESR_WFX_IS_WFE)) {
		if (share_is_guest(vcpu))
			return share_sleep(vcpu);
		irq_cpu_sleep(false, 0);
	}
	return (struct guest_switch) { 0 };
}

/* With a time, or a 32-bit program's: on a CPU that is shared, it ends at once. */
static void handle_wfx(const struct guest_regs *regs, u32 iss)
{
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	if (skip_if_nop(iss))
		return;
	traps_skip_instruction();
	/* without a register: a time that is over, as it may end at any time */
	if (!(iss & ESR_WFX_IS_WFE) && !share_is_guest(this_percpu()->vcpu))
		irq_cpu_sleep(iss & ESR_WFX_TIMEOUT,
			      iss & ESR_WFX_RV ? regs->x[ESR_SYS64_RT(iss)] : 0);
}

void traps_fault(struct guest_regs *regs, u64 esr)
{
	/* it may be the end of its memory that makes it park */
	control_end_if_stopped();
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	/* before the text, which may take its time */
	if (this_percpu()->vcpu->cell != &root_cell)
		fault_record(this_percpu()->vcpu->cell, CELLBLOCK_FAULT_EXCEPTION);
	report_fault(regs, esr);
	if (this_percpu()->vcpu->cell != &root_cell)
		cell_fail();
	if (ESR_EC(esr) == EC_DABT_LOWER || ESR_EC(esr) == EC_IABT_LOWER)
		inject_abort(esr);
	else
		inject_undefined();
}

void traps_sgi(u64 value)
{
	this_percpu()->vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_VSGI]++;
	traps_skip_instruction();
	irq_sgi1r(value);
}

void traps_sync(struct guest_regs *regs, u64 esr)
{
	u32 iss = (u32)ESR_ISS(esr);

	switch (ESR_EC(esr)) {
	case EC_WFX:
		handle_wfx(regs, iss);
		return;
	case EC_SYS64:
		if ((esr & ~ESR_SYS64_RT_MASK) == ESR_SGI1R_WRITE)
			traps_sgi(regs->x[ESR_SYS64_RT(esr)]);
		else
			handle_sysreg(regs, iss);
		return;
	case EC_HVC64:
		handle_hvc_zero(regs, esr);
		return;
	case EC_DABT_LOWER:
		if (dabt_handle(regs, iss))
			return;
		break;
	case EC_IABT_LOWER:
		if (iabt_handle(iss))
			return;
		break;
	case EC_CP15_32:
	case EC_CP15_64:
	case EC_CP14_32:
	case EC_CP14_LS:
	case EC_CP10_ID:
	case EC_CP14_64:
		deny_aarch32(iss);
		return;
	case EC_LS64:
	case EC_SYS128:
	case EC_SVE:
	case EC_TSTART:
	case EC_SME:
		deny_instruction();
		return;
	}
	traps_fault(regs, esr);
}

void traps_sync32(struct guest_regs *regs, u64 esr)
{
	u64 pc = read_sysreg(elr_el2), spsr = read_sysreg(spsr_el2);

	traps_sync(regs, esr);
	/* neither repeated nor made an exception, which is AArch64's */
	if (read_sysreg(elr_el2) != pc && (read_sysreg(spsr_el2) & PSR_MODE32))
		skip_aarch32(spsr, esr);
}

bool traps_irq(void)
{
	return irq_take();
}

void el2_fault(u64 vector)
{
	halt_begin();
	printk("BUG: exception in the hypervisor, vector %llu, CPU %u: ESR %#llx ELR %#llx FAR %#llx\n",
	       vector, this_percpu()->cpu->id, read_sysreg(esr_el2),
	       read_sysreg(elr_el2), read_sysreg(far_el2));
	arch_halt();
}
