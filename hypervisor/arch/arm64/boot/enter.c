// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* OP_INIT's and OP_ENTER's part of the architecture, and the way back. */

#include <arch/boot.h>
#include <arch/stage1.h>
#include <core/arch.h>
#include <core/main.h>
#include <cpu/cpu.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <mm/stage2.h>

int arch_init(void)
{
	return stage1_init();
}

int arch_cpu_init(struct cpu *cpu)
{
	return stage1_cpu_init(cpu);
}

int arch_cpu_check(struct cpu *cpu)
{
	u64 hw_id = read_sysreg(mpidr_el1) & MPIDR_AFF_MASK;

	if (hw_id != cpu->hw_id)
		return refuse(-EINVAL, "CPU %u has MPIDR %#llx, Linux said %#llx",
			      cpu->id, hw_id, cpu->hw_id);
	return 0;
}

/* See entry.S. The only accesses that may fail are those to devices. */
s64 report_init_fault(u64 esr, u64 va)
{
	u64 par;

	asm volatile("at s1e2r, %0" : : "r" (va));
	/* PAR_EL1 is the translation's result after that only */
	isb();
	par = read_sysreg(par_el1);
	if (ESR_EC(esr) == EC_DABT_SAME && FSC_TYPE(ABT_FSC(esr)) == FSC_SEA &&
	    !(par & PAR_F))
		return refuse(-ENODEV, "no device answers at %#llx: correct the addresses in the system configuration (gicd_base, gicr_base, gicc_base, debug_console)",
			      (par & PAR_PA_MASK) | (va & PAGE_OFFS_MASK));
	return refuse(-EIO, "a bug of the hypervisor: fault at %#llx while it started (ESR %#llx, PC %#llx)",
		      va, esr, read_sysreg(elr_el2));
}

void arch_machine_commit(void)
{
	irq_machine_enter();
}

void arch_cpu_commit(struct cpu *cpu)
{
	this_percpu()->cpu = cpu;
	this_percpu()->leaving = &cpu->leaving;
	this_percpu()->vcpu = cpu->vcpu;
	el2_enter(&this_percpu()->saved);
	irq_cpu_enter();
	cpu_set_traps();
	stage2_flush_local();
	this_percpu()->regs.x[0] = 0;
}

void arch_machine_leave(void)
{
	irq_machine_leave();
}

void arch_cpu_leave(struct cpu *cpu, s64 result, bool entered)
{
	if (entered) {
		irq_cpu_leave();
		stage2_flush_local();
		el2_load(&this_percpu()->saved);
		/* el2_leave() goes on under Linux's traps, not under a mixture */
		isb();
	}
	(void)cpu;
	this_percpu()->regs.x[0] = (u64)result;
	el2_leave(this_percpu()->phys);
}
