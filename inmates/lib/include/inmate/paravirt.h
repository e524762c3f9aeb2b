/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PARAVIRT_H
#define INMATE_PARAVIRT_H

#include <cellblock/paravirt.h>
#include <jailhouse/types.h>

#include <inmate/comm.h>
#include <inmate/cpu.h>

/**
 * @file
 * The paravirtual interface of CPUs that are shared (Documentation/paravirt.md). None
 * of it is a call of the hypervisor but pv_find().
 */

/**
 * Looks for the interface.
 *
 * @return of the calling CPU, until the cell's end; NULL: this CPU is not shared
 */
static inline struct cellblock_pv_cpu *pv_find(void)
{
	return inmate_is_bare ? NULL : cellblock_pv_find(comm_region);
}

/**
 * Gives the CPU away until an interrupt comes or the time is over; on a CPU that is
 * not shared a WFI.
 *
 * @param pv	of the calling CPU, or NULL
 * @param until	timer_get_ticks(); 0: until an interrupt comes
 */
static inline void pv_sched_yield(struct cellblock_pv_cpu *pv, u64 until)
{
	if (pv)
		cellblock_pv_yield(pv, until);
	else
		wait_for_interrupt();
}

/**
 * Says what the CPU is needed for. Its timers do not end a WFI before the deadline.
 *
 * @param pv	of the calling CPU, or NULL
 * @param param	read at once
 */
static inline void pv_sched_pass_param(struct cellblock_pv_cpu *pv,
				       const struct cellblock_pv_param *param)
{
	if (pv)
		cellblock_pv_pass_param(pv, param);
}

#endif /* INMATE_PARAVIRT_H */
