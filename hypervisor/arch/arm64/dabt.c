// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/sysreg.h>
#include <core/cell_mem.h>
#include <core/mmio.h>

#include "percpu_private.h"
#include "traps.h"

u64 abort_ipa(void)
{
	/* HPFAR_EL2 has the page, FAR_EL2 the offset in it */
	return (read_sysreg(hpfar_el2) & 0xfffffffff0ULL) << 8 |
	       (read_sysreg(far_el2) & 0xfff);
}

static u64 sign_extend(u64 value, unsigned int size)
{
	unsigned int shift = 64 - size * 8;

	return (u64)((s64)(value << shift) >> shift);
}

static void load_register(struct vcpu *vcpu, u32 iss, u64 value,
			  unsigned int size)
{
	unsigned int rt = DABT_SRT(iss);

	if (iss & DABT_SSE)
		value = sign_extend(value, size);
	if (!(iss & DABT_SF))
		value = (u32)value;
	if (rt != 31)
		vcpu->x[rt] = value;
}

/* An update of the tables may have been under way when the guest looked. */
static bool is_transient(u32 iss, bool is_write, bool is_exec)
{
	u32 type = FSC_TYPE(ABT_FSC(iss));

	return (type == FSC_TRANSLATION || type == FSC_PERMISSION) &&
	       cell_mem_recheck(this_percpu()->cpu->cell, abort_ipa(), is_write,
				is_exec);
}

bool dabt_handle(struct vcpu *vcpu, u32 iss)
{
	struct mmio_access access = {
		.size = (u8)(1U << DABT_SAS(iss)),
		.is_write = iss & DABT_WNR,
	};
	unsigned int rt = DABT_SRT(iss);

	if (!(iss & DABT_ISV) || (iss & DABT_S1PTW) ||
	    FSC_TYPE(ABT_FSC(iss)) != FSC_TRANSLATION)
		return is_transient(iss, iss & DABT_WNR, false);

	access.address = abort_ipa();
	if (access.is_write && rt != 31)
		access.value = vcpu->x[rt];
	switch (mmio_handle(&this_percpu()->cpu->cell->mmio, &access)) {
	case MMIO_HANDLED:
		this_percpu()->cpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO]++;
		if (!access.is_write)
			load_register(vcpu, iss, access.value, access.size);
		traps_skip_instruction();
		return true;
	case MMIO_UNHANDLED:
		return is_transient(iss, access.is_write, false);
	default:
		return false;
	}
}

bool iabt_handle(u32 iss)
{
	return is_transient(iss, false, true);
}
