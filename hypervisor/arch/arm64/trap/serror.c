// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * SErrors come late: each has to reach the guest that has caused it, and nobody
 * else. EL2 takes those of cells and hands them on. Root has its own without EL2
 * (HCR_EL2.AMO), until its CPU parks, or one is left behind at a world switch
 * (switch.c): then as cells do.
 */

#include <arch/sysreg.h>
#include <core/cell.h>
#include <cpu/percpu_private.h>
#include <lib/printk.h>
#include <mm/access.h>

#include "traps.h"

void serror_deliver(void)
{
	this_percpu()->vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	/* the guest's ESR_EL1, when it has unmasked SErrors and takes it */
	if (this_cpu_has(HAS_EL2_RAS))
		write_sysreg(ESR_ISS(read_sysreg(esr_el2)), VSESR_EL2);
	write_sysreg(read_sysreg(hcr_el2) | HCR_VSE, hcr_el2);
}

void serror_end(void)
{
	access_begin();
	if (access_serror())
		printk("SError: cell \"%s\", CPU %u: the guest has ended before, nobody gets it\n",
		       this_percpu()->vcpu->cell->config->name,
		       this_percpu()->cpu->id);
}
