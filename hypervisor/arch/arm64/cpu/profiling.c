// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Profiling that goes on by itself: SPE and TRBE write memory by addresses of
 * root's EL1, BRBE records branches. Only root has them, where Linux found at EL2
 * that it may: elsewhere an access can end in the firmware.
 */

#include <arch/sysreg.h>

#include "percpu_private.h"
#include "profiling.h"

#define PMSCR_EL1		s3_0_c9_c9_0
#define PMBLIMITR_EL1		s3_0_c9_c10_0
#define PMBSR_EL1		s3_0_c9_c10_3
#define PMBIDR_EL1		s3_0_c9_c10_7
#define PMBIDR_P		(1U << 4)	/* the buffer is EL3's */
#define TRFCR_EL1		s3_0_c1_c2_1
#define TRBLIMITR_EL1		s3_0_c9_c11_0
#define TRBSR_EL1		s3_0_c9_c11_3
#define BRBCR_EL1		s2_1_c9_c0_0

static bool has_spe(const struct el2_state *roots)
{
	return (roots->mdcr_el2 & MDCR_E2PB) == MDCR_E2PB &&
	       !(read_sysreg(PMBIDR_EL1) & PMBIDR_P);
}

static bool has_trbe(const struct el2_state *roots)
{
	return (roots->mdcr_el2 & MDCR_E2TB) == MDCR_E2TB;
}

static bool has_brbe(const struct el2_state *roots)
{
	return roots->HDFGRTR_EL2 & HDFG_NBRBCTL;
}

bool profiling_is_there(const struct el2_state *roots)
{
	return has_spe(roots) || has_trbe(roots) || has_brbe(roots);
}

void profiling_pause(const struct el2_state *roots, struct profiling_state *state)
{
	if (has_spe(roots)) {
		state->samples = read_sysreg(PMSCR_EL1);
		write_sysreg(0, PMSCR_EL1);
		/* no sample begins from here on; those that did are waited for */
		isb();
		psb_csync();
	}
	if (has_trbe(roots)) {
		state->trace = read_sysreg(TRFCR_EL1);
		write_sysreg(0, TRFCR_EL1);
		/* nothing is traced from here on; what was is waited for */
		isb();
		tsb_csync();
	}
	if (has_brbe(roots)) {
		state->branches = read_sysreg(BRBCR_EL1);
		write_sysreg(0, BRBCR_EL1);
	}
	/* what has been waited for is in memory */
	dsb(nsh);
}

void profiling_stop(const struct el2_state *roots)
{
	struct profiling_state over;

	profiling_pause(roots, &over);
	/* the status registers hold the interrupt, which would be the next owner's */
	if (has_spe(roots)) {
		write_sysreg(0, PMBLIMITR_EL1);
		write_sysreg(0, PMBSR_EL1);
	}
	if (has_trbe(roots)) {
		write_sysreg(0, TRBLIMITR_EL1);
		write_sysreg(0, TRBSR_EL1);
	}
	/* that holds before anything of root's memory changes hands */
	isb();
}

void profiling_resume(const struct el2_state *roots, const struct profiling_state *state)
{
	if (has_spe(roots))
		write_sysreg(state->samples, PMSCR_EL1);
	if (has_trbe(roots))
		write_sysreg(state->trace, TRFCR_EL1);
	if (has_brbe(roots))
		write_sysreg(state->branches, BRBCR_EL1);
}
