// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* What a guest may do without us, and what not. */

#include <arch/sysreg.h>
#include <core/cell.h>
#include <core/share.h>
#include <gic/irq.h>
#include <lib/string.h>
#include <mm/stage2.h>

#include "context.h"
#include "cpu.h"
#include "percpu_private.h"
#include "profiling.h"

void el2_enter(struct el2_state *state)
{
	u32 has = (u32)has_keys() << HAS_KEYS | (u32)has_counters() << HAS_COUNTERS |
		  (u32)has_aux() << HAS_AUX;

#define SAVE(r)		state->r = read_sysreg(r);
#define SAVE_IF(list, id, field, value)				\
	if (ID_FIELD(read_sysreg(id), field) >= (value)) {	\
		has |= 1U << HAS_##list;			\
		list(SAVE)					\
	}
	EL2_ALWAYS(SAVE)
	EL2_FEATURES(SAVE_IF)
	if (ID_FIELD(read_sysreg(id_aa64pfr0_el1), ID_AA64PFR0_SVE))
		has |= 1U << HAS_SVE;
	if (has & ~(1U << HAS_COUNTERS))
		has |= 1U << HAS_MORE;
	has |= (u32)profiling_is_there(state) << HAS_PROFILING;
	this_percpu()->has = has;
}

#define LOAD(r)		write_sysreg(state->r, r);

void el2_load_features(const struct el2_state *state, u32 has)
{
#define LOAD_IF(list, id, field, value)			\
	if (has & 1U << HAS_##list) { list(LOAD) }
	EL2_FEATURES(LOAD_IF)
}

void el2_load(const struct el2_state *state)
{
	EL2_ALWAYS(LOAD)
	el2_load_features(state, this_percpu()->has);
}

/*
 * DC ISW as DC CISW, SMC, implementation defined registers and ACTLR trapped,
 * pointer authentication untrapped.
 */
#define HCR_ALL		(HCR_VM | HCR_SWIO | HCR_TSC | HCR_TIDCP | HCR_TACR |	\
			 HCR_RW | HCR_APK | HCR_API)
/* What root goes on with: tags of memory, injection of RAS errors, SCXTNUM_EL1 */
#define HCR_OF_ROOT	(HCR_ATA | HCR_FIEN | HCR_ENSCXT)
/*
 * SErrors are EL2's to hand on. Trapped: registers of error records, which are
 * shared, ID registers, registers of LORegions, GMID_EL1
 */
#define HCR_OF_CELLS	(HCR_AMO | HCR_TERR | HCR_TID3 | HCR_TLOR | HCR_TID5)

/*
 * What features.h hides, trapped. Where 0 traps or switches off, it is 0; else
 * these. (Claim tags and CORENPDRQ are no features, and nobody else resets them.)
 */
static void set_for_cell(struct el2_state *state, const struct el2_state *roots)
{
	memset(state, 0, sizeof(*state));
	state->hcr_el2 = HCR_OF_CELLS;
	state->cptr_el2 = CPTR_RES1 | CPTR_TZ | CPTR_TSM | CPTR_TTA | CPTR_TAM;
	/* the PMU is the cell's, with as many counters as Linux left to EL1 */
	state->mdcr_el2 = MDCR_TPMS | MDCR_TTRF | (roots->mdcr_el2 & MDCR_HPMN);
	state->HCRX_EL2 = HCRX_TALLINT | HCRX_MSCEN;
	state->HDFGRTR_EL2 = HDFG_DBGCLAIM | HDFG_DBGPRCR;
	state->HDFGWTR_EL2 = HDFG_DBGCLAIM | HDFG_DBGPRCR;
	state->MPAM2_EL2 = (roots->MPAM2_EL2 & MPAM2_MPAMEN) |
			   MPAM2_TRAP_EL0 | MPAM2_TRAP_EL1 | MPAM2_TIDR;
}

/* Its CPU is root's as well: root's debug registers and counters stay. */
static void set_for_guest(struct el2_state *state)
{
	state->hcr_el2 |= HCR_TWI;
	state->mdcr_el2 |= MDCR_TPM | MDCR_TPMCR | MDCR_TDA | MDCR_TDOSA | MDCR_TDRA;
}

void cpu_set_traps(void)
{
	const struct el2_state *roots = &this_percpu()->saved;
	const struct vcpu *vcpu = this_percpu()->vcpu;
	const struct cell *cell = vcpu->cell;
	struct el2_state state = *roots;

	state.hcr_el2 &= HCR_OF_ROOT;
	if (cell != &root_cell)
		set_for_cell(&state, roots);
	state.hcr_el2 |= HCR_ALL | irq_hcr_bits() |
		(cell->config->flags & JAILHOUSE_CELL_TRAP_WFI ? HCR_TWI : 0);
	state.vtcr_el2 = stage2_vtcr();
	state.vttbr_el2 = cell->arch.vttbr;
	state.vpidr_el2 = read_sysreg(midr_el1);
	state.vmpidr_el2 = read_sysreg(mpidr_el1);
	state.hstr_el2 = 0;
	/* EL1 has both timers, and no stream of events */
	state.cnthctl_el2 = CNTHCTL_EL1PCTEN | CNTHCTL_EL1PCEN;
	state.cntvoff_el2 = 0;
	if (share_is_guest(vcpu))
		set_for_guest(&state);
	if (vcpu->arch.context) {
		/* SME stays as arch_cpu_share() has found it: off */
		state.cptr_el2 |= CPTR_TSM;
		vcpu->arch.context->el2 = state;
	}
	el2_load(&state);
	/* the invalidations that follow go by the VMID of the new VTTBR_EL2 */
	isb();
}
