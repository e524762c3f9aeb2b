// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest may do without us, and what not. */

#include <arch/sysreg.h>
#include <core/cell.h>
#include <gic/irq.h>
#include <mm/stage2.h>

#include "cpu.h"
#include "percpu_private.h"

void el2_save(struct el2_state *state)
{
#define SAVE(r)		state->r = read_sysreg(r);
	EL2_STATE(SAVE)
}

void el2_load(const struct el2_state *state)
{
#define LOAD(r)		write_sysreg(state->r, r);
	EL2_STATE(LOAD)
}

/*
 * DC ISW as DC CISW, SMC, implementation defined registers and ACTLR trapped,
 * pointer authentication untrapped.
 */
#define HCR_ALL		(HCR_VM | HCR_SWIO | HCR_TSC | HCR_TIDCP | HCR_TACR |	\
			 HCR_RW | HCR_APK | HCR_API)
/* What root goes on with: tags of memory, injection of RAS errors, SCXTNUM_EL1 */
#define HCR_OF_ROOT	(HCR_ATA | HCR_FIEN | HCR_ENSCXT)
/* SErrors are EL2's to hand on, registers of error records are trapped: they are shared */
#define HCR_OF_CELLS	(HCR_AMO | HCR_TERR)

void cpu_set_traps(void)
{
	const struct cell *cell = this_percpu()->vcpu->cell;
	struct el2_state state = this_percpu()->saved;

	state.hcr_el2 &= cell == &root_cell ? HCR_OF_ROOT : 0;
	state.hcr_el2 |= HCR_ALL | irq_hcr_bits() |
		(cell == &root_cell ? 0 : HCR_OF_CELLS) |
		(cell->config->flags & JAILHOUSE_CELL_TRAP_WFI ? HCR_TWI : 0);
	state.vtcr_el2 = stage2_vtcr();
	state.vttbr_el2 = cell->arch.vttbr;
	state.vpidr_el2 = read_sysreg(midr_el1);
	state.vmpidr_el2 = read_sysreg(mpidr_el1);
	state.hstr_el2 = 0;
	/* EL1 has both timers, and no stream of events */
	state.cnthctl_el2 = CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN;
	state.cntvoff_el2 = 0;
	el2_load(&state);
	/* the invalidations that follow go by the VMID of the new VTTBR_EL2 */
	isb();
}
