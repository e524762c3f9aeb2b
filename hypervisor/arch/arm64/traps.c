// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell.h>
#include <core/control.h>
#include <core/hypercall.h>
#include <core/printk.h>
#include <jailhouse/hypercall.h>

#include "irq.h"
#include "percpu_private.h"
#include "smccc.h"
#include "traps.h"

/* asm/virt.h of Linux: what its own EL2 stub answers to unknown calls */
#define HVC_STUB_ERR		0xbadca11
#define HVC_STUB_LAST		3

/*
 * Root's KVM after we took EL2 away: its host calls (SMCCC, vendor hypervisor
 * range) succeed without doing anything, and running a VM answers "the
 * hypervisor is gone", which KVM makes a failed entry of the VM.
 */
static bool linux_stub_call(struct vcpu *vcpu)
{
	u64 fid = vcpu->x[0];

	if (this_percpu()->cpu->cell != &root_cell)
		return false;
	if (fid <= HVC_STUB_LAST) {
		vcpu->x[0] = HVC_STUB_ERR;
		return true;
	}
	if (SMCCC_OWNER((u32)fid) != SMCCC_OWNER_VENDOR_HYP)
		return false;
	vcpu->x[0] = 0;
	vcpu->x[1] = HVC_STUB_ERR;
	return true;
}

void traps_hvc(struct vcpu *vcpu, u64 esr)
{
	u32 imm = (u32)esr & 0xffff;

	if (imm == JAILHOUSE_HVC_CODE) {
		this_percpu()->cpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_HYPERCALL]++;
		vcpu->x[0] = (u64)hypercall(vcpu->x[0], vcpu->x[1],
					    vcpu->x[2]);
	} else if (imm != 0 || !linux_stub_call(vcpu)) {
		smccc_handle(vcpu);
	}
}

void traps_smc(struct vcpu *vcpu, u64 esr)
{
	(void)esr;
	/* a trapped SMC has not been executed */
	traps_skip_instruction();
	smccc_handle(vcpu);
}

/* Denied: the guest sees an undefined instruction. */
static void deny_instruction(void)
{
	this_percpu()->cpu->stats[CPU_STAT_OTHER]++;
	inject_undefined();
}

static void handle_sysreg(struct vcpu *vcpu, u32 iss)
{
	/* direction and Rt apart */
	u32 reg = iss & ~(0x1fU << 5 | 1U);

	if (!irq_sysreg(vcpu, reg, (iss >> 5) & 0x1f, iss & 1)) {
		deny_instruction();
		return;
	}
	this_percpu()->cpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_VSGI]++;
	traps_skip_instruction();
}

static void guest_fault(struct vcpu *vcpu, u64 esr)
{
	this_percpu()->cpu->stats[CPU_STAT_OTHER]++;
	report_fault(vcpu, esr);
	if (this_percpu()->cpu->cell != &root_cell)
		cell_fail();
	if (ESR_EC(esr) == EC_DABT_LOWER || ESR_EC(esr) == EC_IABT_LOWER)
		inject_abort(esr);
	else
		inject_undefined();
}

void traps_sync(struct vcpu *vcpu, u64 esr)
{
	u32 iss = (u32)ESR_ISS(esr);

	switch (ESR_EC(esr)) {
	case EC_SYS64:
		handle_sysreg(vcpu, iss);
		return;
	case EC_HVC64:
		traps_hvc(vcpu, esr);
		return;
	case EC_DABT_LOWER:
		if (dabt_handle(vcpu, iss))
			return;
		break;
	case EC_IABT_LOWER:
		if (iabt_handle(iss))
			return;
		break;
	case 0x03: /* MCR, MRC of CP15 */
	case 0x04: /* MCRR, MRRC of CP15 */
	case 0x05: /* MCR, MRC of CP14 */
	case 0x06: /* LDC, STC of CP14 */
	case 0x08: /* VMRS */
	case 0x0c: /* MRRC of CP14 */
		deny_instruction();
		return;
	}
	guest_fault(vcpu, esr);
}

void traps_irq(struct vcpu *vcpu)
{
	/* HCR_EL2.IMO = 0: the guest takes them */
	(void)vcpu;
	this_percpu()->cpu->stats[CPU_STAT_OTHER]++;
}

void traps_fiq(struct vcpu *vcpu)
{
	(void)vcpu;
	this_percpu()->cpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MANAGEMENT]++;
	control_poll();
}

void traps_serror(struct vcpu *vcpu)
{
	guest_fault(vcpu, (u64)EC_SERROR << ESR_EC_SHIFT);
}

void el2_fault(u64 vector)
{
	printk("BUG: exception in the hypervisor, vector %llu, CPU %u: ESR %#llx ELR %#llx FAR %#llx\n",
	       vector, this_percpu()->cpu->id, read_sysreg(esr_el2),
	       read_sysreg(elr_el2), read_sysreg(far_el2));
	arch_halt();
}
