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

/* The status register holds the interrupt, which would be the next owner's. */
static void stop_spe(void)
{
	write_sysreg(0, PMSCR_EL1);
	/* no sample begins from here on; those that did are in memory before the buffer is off */
	isb();
	psb_csync();
	dsb(nsh);
	write_sysreg(0, PMBLIMITR_EL1);
	write_sysreg(0, PMBSR_EL1);
	/* that holds before anything of root's memory changes hands */
	isb();
}

static void stop_trbe(void)
{
	write_sysreg(0, TRFCR_EL1);
	/* nothing is traced from here on; what was is in memory before the buffer is off */
	isb();
	tsb_csync();
	dsb(nsh);
	write_sysreg(0, TRBLIMITR_EL1);
	write_sysreg(0, TRBSR_EL1);
	/* as in stop_spe() */
	isb();
}

void profiling_stop(const struct el2_state *roots)
{
	u64 mdcr = roots->mdcr_el2;

	if ((mdcr & MDCR_E2PB) == MDCR_E2PB &&
	    !(read_sysreg(PMBIDR_EL1) & PMBIDR_P))
		stop_spe();
	if ((mdcr & MDCR_E2TB) == MDCR_E2TB)
		stop_trbe();
	if (roots->HDFGRTR_EL2 & HDFG_NBRBCTL)
		write_sysreg(0, BRBCR_EL1);
}
