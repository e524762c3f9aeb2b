// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Life of a CPU between guests: parking, starting, switching off. */

#include <arch/boot.h>
#include <arch/sysreg.h>
#include <core/arch.h>
#include <gic/irq.h>
#include <lib/string.h>
#include <mm/stage2.h>
#include <trap/smccc.h>
#include <trap/traps.h>

#include "cpu.h"
#include "percpu_private.h"
#include "profiling.h"

void cpu_begin_guest(const struct vcpu *vcpu, struct guest_regs *regs)
{
	reset_guest_state();
	irq_cpu_reset();
	cpu_set_traps();
	stage2_flush_local();

	memset(regs, 0, sizeof(*regs));
	regs->x[0] = vcpu->start_arg;
	write_sysreg(vcpu->start_address, elr_el2);
	write_sysreg(PSR_DAIF | PSR_MODE_EL1h, spsr_el2);
}

void arch_vcpu_start(struct vcpu *vcpu)
{
	cpu_begin_guest(vcpu, &this_percpu()->regs);
	/* all of that holds for the guest's first instruction; ERET would do (EOS is RES1) */
	isb();
	vmreturn();
}

void arch_cpu_park(void)
{
	irq_cpu_park();
	if (this_percpu()->vcpu->cell == &root_cell)
		profiling_stop(&this_percpu()->saved);
	/* nothing of the guest may go on meanwhile */
	write_sysreg(0, cntp_ctl_el0);
	write_sysreg(0, cntv_ctl_el0);
	serror_end();
}

void arch_cpu_wait(void)
{
	/* what others wait for, this CPU's state, is visible before it sleeps */
	dsb(sy);
	wfi();
}

void arch_cpu_kick(struct cpu *cpu)
{
	irq_kick(cpu);
}

void arch_cpu_ack_kick(void)
{
	irq_ack_kick();
}

void arch_cpu_off(struct cpu *cpu)
{
	(void)cpu;
	irq_cpu_leave();
	/* does not return; if it does, control.c reports the CPU as not off */
	smc_call(PSCI_CPU_OFF, 0, 0, 0);
}

bool arch_cpu_is_off(const struct cpu *cpu)
{
	return smc_call(PSCI_AFFINITY_INFO_64, cpu->hw_id, 0, 0) ==
	       PSCI_AFFINITY_OFF;
}

void arch_sync_code(void)
{
	/*
	 * The code is in memory before it is fetched anew, and no CPU has old
	 * lines left when the caller lets it run; this one drops what it has
	 * prefetched.
	 */
	dsb(ish);
	asm volatile("ic ialluis");
	dsb(ish);
	isb();
}

void arch_repeat_call(void)
{
	/* HVC is 4 bytes; interrupts that are pending are taken before it */
	write_sysreg(read_sysreg(elr_el2) - 4, elr_el2);
}

void arch_halt(void)
{
	for (;;)
		wfi();
}
