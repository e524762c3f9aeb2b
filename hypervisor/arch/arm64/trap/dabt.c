// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell_mem.h>
#include <core/control.h>
#include <core/mmio.h>
#include <cpu/percpu_private.h>
#include <gic/irq.h>
#include <mm/access.h>
#include <vdev/ivshmem.h>

#include "traps.h"

/* @value has @size bytes, upper bits zero. */
static u64 extend(u64 value, unsigned int size, u32 iss)
{
	unsigned int shift = 64 - size * 8;

	value = (u64)((s64)(value << shift) >> shift);
	return iss & DABT_SF ? value : (u32)value;
}

/*
 * An update of the tables may have been under way when the guest looked: then
 * the entry was invalid. What an entry does not permit is no such case, and
 * HPFAR_EL2 is UNKNOWN after it. (Cortex-A57, erratum 834220: it may be wrong
 * after what is called a translation fault, too. That is not looked at again and
 * again, as each look needs an update.)
 */
static bool is_transient(u32 iss, bool is_write, bool is_exec)
{
	return FSC_TYPE(ABT_FSC(iss)) == FSC_TRANSLATION &&
	       cell_mem_recheck(this_percpu()->vcpu, abort_ipa(), is_write,
				is_exec);
}

/* Returned in registers, so that dabt_handle() keeps its access there. */
struct device_result {
	u64 value;
	enum mmio_result result;
};

static __attribute__((noinline)) struct device_result
device_access(const struct cell *cell, struct mmio_access access)
{
	struct device_result r;

	r.result = mmio_handle(&cell->mmio, &access);
	r.value = access.value;
	/* the device may have been stopped before this CPU */
	control_end_if_stopped();
	return r;
}

bool dabt_handle(struct guest_regs *regs, u32 iss)
{
	if ((iss & DABT_MMIO_MASK) == DABT_MMIO)
		return dabt_mmio(regs, iss);
	/* cache maintenance says that it writes, and needs to be able to read */
	return is_transient(iss, (iss & (DABT_WNR | DABT_CM)) == DABT_WNR, false);
}

bool dabt_mmio(struct guest_regs *regs, u32 iss)
{
	struct vcpu *vcpu = arch_this_vcpu();
	u64 rt = DABT_SRT((u64)iss);
	struct mmio_access access;
	enum mmio_result result;

	access.address = abort_ipa();
	access.size = (u8)(1U << DABT_SAS(iss));
	access.is_write = iss & DABT_WNR;
	access.value = regs->x[rt];
	result = irq_mmio(vcpu->cell, &access);
	if (result == MMIO_UNHANDLED) {
		struct device_result r = device_access(vcpu->cell, access);

		result = r.result;
		access.value = r.value;
	}
	if (result == MMIO_UNHANDLED)
		return is_transient(iss, access.is_write, false);
	if (result == MMIO_ERROR)
		return false;
	if (result == MMIO_ABORT) {
		inject_abort((u64)EC_DABT_LOWER << ESR_EC_SHIFT | iss);
		return true;
	}

	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO]++;
	traps_skip_instruction();
	if (!(iss & DABT_WNR)) {
		if (iss & DABT_SSE)
			access.value = extend(access.value, access.size, iss);
		guest_regs_set(regs, rt, access.value);
	}
	return true;
}

bool dabt_mmio_write(struct guest_regs *regs, u32 iss)
{
	struct vcpu *vcpu = arch_this_vcpu();
	u32 value = (u32)regs->x[DABT_SRT((u64)iss)], intid;
	struct cell_doorbell *slot;
	struct ivshmem_link *link;
	u64 page;

	/* the offset says of most others that they are none */
	if ((read_sysreg(far_el2) & PAGE_OFFS_MASK) != IVSHMEM_REG_DOORBELL ||
	    (iss & DABT_SAS_MASK) != DABT_SAS_32)
		goto other;
	page = abort_page();
	slot = ivshmem_slot(vcpu->cell, page);
	if (!ivshmem_slot_is_for(slot, page))
		goto other;

	link = slot->link;
	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MMIO]++;
	traps_skip_instruction();
	spin_lock(&link->lock);
	intid = ivshmem_deliver_doorbell(link, value);
	if (intid)
		arch_irq_pend(intid);
	spin_unlock(&link->lock);
	/* not there, off, masked: no hurry */
	if (!intid)
		ivshmem_write_doorbell(link, value);
	return true;
other:
	return dabt_mmio(regs, iss);
}

/*
 * HPFAR_EL2 tells it after faults of the guest's tables, and others but those of
 * permissions. Cortex-A57's may be wrong (erratum 834220): the tables come first.
 */
u64 dabt_address(u64 esr)
{
	u64 address;

	if (esr & DABT_S1PTW)
		return abort_ipa();
	if (access_guest_address(read_sysreg(far_el2), &address))
		return address;
	return FSC_TYPE(ABT_FSC(esr)) == FSC_PERMISSION ? ~0ULL : abort_ipa();
}

bool iabt_handle(u32 iss)
{
	return is_transient(iss, false, true);
}
