// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/paravirt.h>
#include <cpu/percpu_private.h>

#include "smccc.h"

u64 paravirt_call(u32 fid)
{
	u64 *x = this_percpu()->regs.x;

	/* what each CPU asks for, after each start */
	if (fid == CELLBLOCK_PV_CALL_FEATURES)
		return paravirt_begin(&x[1]);
	switch (fid) {
	case CELLBLOCK_PV_CALL_UID:
		x[1] = CELLBLOCK_PV_UID_1;
		x[2] = CELLBLOCK_PV_UID_2;
		x[3] = CELLBLOCK_PV_UID_3;
		return CELLBLOCK_PV_UID_0;
	case CELLBLOCK_PV_CALL_REVISION:
		x[1] = CELLBLOCK_PV_MINOR;
		return CELLBLOCK_PV_MAJOR;
	default:
		return (u64)SMCCC_NOT_SUPPORTED;
	}
}
