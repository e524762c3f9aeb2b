// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Injected delivery on a GICv3, for guests that mask interrupts by priority:
 * IMO = FMO = 1, and the guest has the virtual CPU interface. Each interrupt is
 * an exit, which puts it into a list register; there the guest acknowledges, masks
 * and ends it without another. SPIs and PPIs stay active in the GIC until the
 * guest's EOI or DIR deactivates them (HW bit), so none is signalled twice; SGIs
 * and LPIs, which may come again meanwhile, make the same list register pending.
 *
 * When all list registers are in use, the physical PMR lets through only what
 * comes before the last of them. That one makes room and waits in the queue of the
 * vcpu; all others wait in the GIC. A maintenance interrupt tells when list
 * registers are free again.
 */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/cell.h>
#include <core/control.h>
#include <core/main.h>
#include <core/share.h>
#include <cpu/percpu_private.h>

#include "gicv3.h"
#include "irq_injected.h"
#include "irq_ops.h"
#include "irq_shared.h"
#include "list_registers.h"

/* EN and TALL0: a guest has nothing of Group 0 (vgic_icc.c) */
#define ICH_HCR_ON		(1U << 11 | 1U << 0)
#define ICH_HCR_UIE		(1U << 1)	/* at most one list register is in use */
#define ICH_HCR_LRENPIE		(1U << 2)	/* EOIcount is not 0 */
#define ICH_HCR_EOICOUNT(h)	((h) >> 27 & 0x1f)

/* The place in the order of delivery: the lowest comes first. */
static u64 rank(u64 lr)
{
	return lr >> ICH_LR_PRIORITY_SHIFT & GIC_PRIO_MASK;
}

static u64 physical_priority(const struct gic_vcpu *v, u64 priority)
{
	return v->priority_base | priority >> v->priority_shift;
}

/* The registers of the GIC itself, of an SGI, PPI or SPI. */
static volatile u8 *frame_of(u32 intid)
{
	return intid < 32 ? own_sgi_frame() : gic.gicd;
}

static void set_bit(u32 reg, u32 intid)
{
	gic_write_bit(frame_of(intid), reg, intid);
}

static bool is_active(u32 intid)
{
	return gic_read(frame_of(intid), GICD_ISACTIVER + intid / 32 * 4) >> intid % 32 & 1;
}

/* Once more. A timer's line does that, or is low by then: it would be one too many. */
static void pend(u32 intid)
{
	if (intid >= 32 || !(GIC_TIMERS >> intid & 1))
		set_bit(GICD_ISPENDR, intid);
}

/*
 * The one that makes room, when all list registers are in use: the last in order, one
 * that is pending rather than active. Active ones end in their order, unless EOImode 1
 * leaves that to DIR.
 */
static u32 find_last(void)
{
	u64 last = 0, key;
	u32 found = 0, count = lr_count();

	for (u32 n = 0; n < count; n++) {
		key = lr_read(n);
		key = (rank(key) << 1 | !(key & ICH_LR_ACTIVE)) + 1;
		if (key > last) {
			last = key;
			found = n;
		}
	}
	return found;
}

/* Takes the first in order out of the queue. */
static u64 take_first(struct gic_vcpu *v, u64 state)
{
	u32 first = v->queued;
	u64 lr = 0;

	for (u32 n = 0; n < v->queued; n++)
		if ((v->queue[n] & state) && (first == v->queued ||
		    rank(v->queue[n]) < rank(v->queue[first])))
			first = n;
	if (first < v->queued) {
		lr = v->queue[first];
		v->queue[first] = v->queue[--v->queued];
	}
	return lr;
}

/*
 * The guest has ended what was in the queue: the first of those active. If it has come
 * again, it is pending still.
 */
static void end_first(struct gic_vcpu *v)
{
	u64 lr = take_first(v, ICH_LR_ACTIVE);

	if (lr & ICH_LR_PENDING)
		v->queue[v->queued++] = lr & ~ICH_LR_ACTIVE;
	if (lr & ICH_LR_HW)
		write_sysreg(ICH_LR_VINTID(lr), icc_dir_el1);
}

/* Not a call: mostly there are none. */
static inline __attribute__((always_inline)) void count_ends(struct gic_vcpu *v)
{
	for (u64 ends = ICH_HCR_EOICOUNT(read_sysreg(ich_hcr_el2)); ends; ends--)
		end_first(v);
}

void irq_injected_open(const struct gic_vcpu *v)
{
	write_sysreg(v->pmr_open, icc_pmr_el1);
	/* with EOIcount 0: ends of the guest before are not this one's */
	write_sysreg(ICH_HCR_ON, ich_hcr_el2);
}

void irq_injected_fill(struct gic_vcpu *v)
{
	u64 hcr = ICH_HCR_ON, pmr = v->pmr_open;
	u32 empty, last;

	/* ELRSR tells of what the caller has written */
	isb();
	empty = lr_empty();
	for (; empty && v->queued; empty &= empty - 1)
		lr_write((u32)__builtin_ctz(empty),
			 take_first(v, ICH_LR_PENDING | ICH_LR_ACTIVE));
	if (!empty) {
		hcr |= ICH_HCR_UIE | ICH_HCR_LRENPIE;
		last = find_last();
		pmr = v->queued >= GIC_QUEUE ? gicv3.pmr_wake :
		      physical_priority(v, rank(lr_read(last)));
	}
	write_sysreg(pmr, icc_pmr_el1);
	write_sysreg(hcr, ich_hcr_el2);
	/* before the guest: what is held back is not signalled, and an underflow is */
	isb();
}

void irq_injected_refill(struct gic_vcpu *v)
{
	count_ends(v);
	irq_injected_fill(v);
}

/* It is there already: pending once more. One of the GIC's own: when it has ended. */
static u64 merge(u64 old, u64 lr)
{
	if (!(lr & ICH_LR_HW))
		return old | ICH_LR_PENDING;
	pend(ICH_LR_VINTID(lr));
	return old;
}

bool irq_injected_merge(struct gic_vcpu *v, u64 lr)
{
	for (u32 n = 0; n < v->queued; n++) {
		if (ICH_LR_VINTID(v->queue[n]) != ICH_LR_VINTID(lr))
			continue;
		v->queue[n] = merge(v->queue[n], lr);
		return true;
	}
	return false;
}

void irq_injected_insert(struct gic_vcpu *v, u64 lr)
{
	u32 empty = lr_empty(), n;
	u64 old;

	for (u32 used = lr_all() & ~empty; used; used &= used - 1) {
		n = (u32)__builtin_ctz(used);
		old = lr_read(n);
		if (ICH_LR_VINTID(old) == ICH_LR_VINTID(lr)) {
			lr_write(n, merge(old, lr));
			return;
		}
	}
	if (v->queued && irq_injected_merge(v, lr))
		return;
	if (empty) {
		lr_write((u32)__builtin_ctz(empty), lr);
	} else {
		n = find_last();
		old = lr_read(n);
		/* a timer of a shared CPU may be the last itself: PMR lets it through */
		if (rank(lr) < rank(old)) {
			lr_write(n, lr);
			lr = old;
		}
		v->queue[v->queued++] = lr;
	}
	if (v->queued || !(empty & (empty - 1)))
		irq_injected_refill(v);
}

/*
 * Back to the GIC, where registers show it, and it can be routed anew: what the
 * guest has not acknowledged. LPIs stay, as they cannot be made pending. What is left
 * of @lr is returned.
 */
static u64 give_back(u64 lr)
{
	u32 intid = ICH_LR_VINTID(lr);

	if (!(lr & ICH_LR_PENDING) || intid >= GIC_MAX_INTID)
		return lr;
	if (lr & ICH_LR_HW)
		set_bit(GICD_ICACTIVER, intid);
	if (intid < GIC_SGIS && share_is_guest(arch_this_vcpu()))
		irq_shared_pend_sgi(arch_this_vcpu(), intid);
	else
		pend(intid);
	return lr & ICH_LR_ACTIVE ? lr & ~ICH_LR_PENDING : 0;
}

/*
 * LPIs that a CPU of root had taken when it went off: another one's, as EL2 cannot make
 * them pending. That one gets its maintenance interrupt.
 */
static struct {
	spinlock_t lock;
	u32 count;
	u64 lrs[GIC_QUEUE];
} left;

static void leave(u64 lr)
{
	spin_lock(&left.lock);
	if (left.count < GIC_QUEUE)
		left.lrs[left.count++] = lr;
	spin_unlock(&left.lock);
}

static void announce_left(void)
{
	struct vcpu *vcpu;

	for_each_vcpu(vcpu, &root_cell) {
		if (vcpu->state != VCPU_RUNNING || vcpu == arch_this_vcpu())
			continue;
		gic_write(gicr_sgi_frame(vcpu->cpu), GICD_ISPENDR, 1U << gicv3.maintenance);
		return;
	}
}

/* What there is no room for now is there at the next maintenance interrupt. */
static void take_left(struct gic_vcpu *v)
{
	spin_lock(&left.lock);
	while (left.count && v->queued < GIC_QUEUE) {
		irq_injected_insert(v, left.lrs[--left.count]);
		/* ELRSR tells the next one of the list register */
		isb();
	}
	spin_unlock(&left.lock);
}

static bool is_waiting_lpi(u64 lr)
{
	return (lr & ICH_LR_PENDING) && ICH_LR_VINTID(lr) >= GIC_MAX_INTID;
}

bool irq_injected_can_release(void)
{
	const struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;
	bool waiting = left.count;

	for (u32 used = lr_used(); used; used &= used - 1)
		waiting |= is_waiting_lpi(lr_read((u32)__builtin_ctz(used)));
	for (u32 n = 0; n < v->queued; n++)
		waiting |= is_waiting_lpi(v->queue[n]);
	/* any CPU that goes on may have what is left */
	if (left.count)
		set_bit(GICD_ISPENDR, gicv3.maintenance);
	return !waiting;
}

u64 irq_injected_acknowledge(const struct vcpu *vcpu, u32 intid)
{
	u64 lr = read_sysreg(icc_rpr_el1) << vcpu->arch.gic.priority_shift & GIC_PRIO_MASK;

	lr = lr << ICH_LR_PRIORITY_SHIFT | ICH_LR_PENDING | ICH_LR_GROUP1 | intid;
	write_sysreg(intid, icc_eoir1_el1);
	if (intid - GIC_SGIS < GIC_MAX_INTID - GIC_SGIS)
		lr |= ICH_LR_HW | (u64)intid << ICH_LR_PINTID_SHIFT;
	else if (intid < GIC_SGIS)
		write_sysreg(intid, icc_dir_el1);
	return lr;
}

void irq_injected_maintain(struct vcpu *vcpu)
{
	u32 intid = gicv3.maintenance;

	vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_MAINTENANCE]++;
	irq_injected_refill(&vcpu->arch.gic);
	if (vcpu->cell == &root_cell && left.count)
		take_left(&vcpu->arch.gic);
	write_sysreg(intid, icc_eoir1_el1);
	write_sysreg(intid, icc_dir_el1);
}

static bool take(void)
{
	struct vcpu *vcpu = arch_this_vcpu();
	u32 intid;

	/* the wake-up is not the guest's */
	control_end_if_stopped();
	intid = (u32)read_sysreg(icc_iar1_el1);
	/* RPR is its priority from there on */
	isb();
	if (ICC_SPECIAL(intid)) {
		vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	} else if (intid == gicv3.maintenance) {
		irq_injected_maintain(vcpu);
	} else {
		vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_VIRQ]++;
		irq_injected_insert(&vcpu->arch.gic, irq_injected_acknowledge(vcpu, intid));
	}
	return false;
}

/* The guest is gone: what it has acknowledged, it will not end. */
static u64 drop(u64 lr)
{
	lr = give_back(lr);
	if (lr & ICH_LR_HW)
		set_bit(GICD_ICACTIVER, ICH_LR_VINTID(lr));
	if (lr & ICH_LR_PENDING)
		leave(lr);
	return 0;
}

/* All that has been taken, one by one; @change tells what becomes of it. */
static void change_all(struct gic_vcpu *v, u64 (*change)(u64 lr))
{
	u32 kept = 0, n;
	u64 lr;

	for (u32 used = lr_used(); used; used &= used - 1) {
		n = (u32)__builtin_ctz(used);
		lr_write(n, change(lr_read(n)));
	}
	for (n = 0; n < v->queued; n++) {
		lr = change(v->queue[n]);
		if (lr)
			v->queue[kept++] = lr;
	}
	v->queued = kept;
}

void irq_injected_collect(struct gic_vcpu *v)
{
	u32 n;

	count_ends(v);
	for (u32 used = lr_used(); used; used &= used - 1) {
		n = (u32)__builtin_ctz(used);
		v->queue[v->queued++] = lr_read(n);
		lr_write(n, 0);
	}
}

/* The GIC has it active, unless its cell begins anew (vgic.c): then nothing is left of it. */
static u64 forget(u64 lr)
{
	return (lr & ICH_LR_HW) && !is_active(ICH_LR_VINTID(lr)) ? 0 : drop(lr);
}

void irq_injected_forget(struct gic_vcpu *v)
{
	change_all(v, forget);
}

void irq_injected_give_back(void)
{
	struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;

	change_all(v, give_back);
	irq_injected_refill(v);
}

/* Of a cell that shares CPUs, all come before root's. */
static void set_priorities(struct vcpu *vcpu)
{
	const struct gic_cell *cell = &vcpu->cell->arch.gic;
	struct gic_vcpu *v = &vcpu->arch.gic;
	/* root goes on by what it has found out before */
	bool whole = gicv3.pmr_whole && vcpu->cell != &root_cell;

	v->priority_shift = whole + cell->priority_shift;
	v->priority_base = whole ? ICC_PRIO_NONSECURE : 0;
	v->pmr_open = ICC_PMR_ALL;
	if (cell->priority_shift && vcpu->arch.context)
		v->pmr_open = whole ? ICC_PRIO_NONSECURE | GIC_PRIO_ROOT >> 1 : GIC_PRIO_ROOT;
}

/* Nothing of the last guest; the maintenance interrupt passes each mask of ours. */
void irq_injected_begin(void)
{
	volatile u8 *sgi = own_sgi_frame();
	struct vcpu *vcpu = arch_this_vcpu();
	u32 intid = gicv3.maintenance;

	gicv3_reset_virtual_priorities();
	for (u32 n = 0; n < lr_count(); n++)
		lr_write(n, 0);
	vcpu->arch.gic.queued = 0;
	set_priorities(vcpu);
	write_sysreg((read_sysreg(icc_ctlr_el1) & ~(u64)ICC_CTLR_CBPR) | ICC_CTLR_EOIMODE,
		     icc_ctlr_el1);
	write_sysreg(ICC_IGRPEN_ENABLE, icc_igrpen1_el1);
	/* RPR is the whole priority */
	write_sysreg(0, icc_bpr1_el1);
	irq_injected_refill(&vcpu->arch.gic);
	sgi[GICD_IPRIORITYR + intid] = GIC_PRIO_WAKE;
	gic_write(sgi, GICD_ISENABLER, 1U << intid);
}

void irq_injected_keep_maintenance(void)
{
	struct gic_cpu_state *s = &this_percpu()->gic;
	volatile u8 *sgi = own_sgi_frame();

	s->maintenance_enabled = gic_read(sgi, GICD_ISENABLER) & 1U << gicv3.maintenance;
	s->maintenance_priority = sgi[GICD_IPRIORITYR + gicv3.maintenance];
}

static void restore_maintenance(void)
{
	const struct gic_cpu_state *s = &this_percpu()->gic;
	volatile u8 *sgi = own_sgi_frame();

	gic_write(sgi, GICD_ICENABLER, 1U << gicv3.maintenance);
	sgi[GICD_IPRIORITYR + gicv3.maintenance] = s->maintenance_priority;
	gic_write(sgi, GICD_ISENABLER, s->maintenance_enabled);
}

static void cpu_adopt(void)
{
	const struct gic_cpu_state *s = &this_percpu()->gic;
	u64 vmcr = s->icc_pmr << ICH_VMCR_VPMR_SHIFT |
		   read_sysreg(icc_bpr1_el1) << ICH_VMCR_VBPR1_SHIFT;

	if (read_sysreg(icc_igrpen1_el1))
		vmcr |= ICH_VMCR_VENG1;
	if (s->icc_ctlr & ICC_CTLR_CBPR)
		vmcr |= ICH_VMCR_VCBPR;
	if (s->icc_ctlr & ICC_CTLR_EOIMODE)
		vmcr |= ICH_VMCR_VEOIM;
	write_sysreg(vmcr, ich_vmcr_el2);
	irq_injected_keep_maintenance();
	irq_injected_begin();
}

static void cpu_reset(void)
{
	/* Group 1 is on, as with direct delivery */
	write_sysreg(ICH_VMCR_VENG1, ich_vmcr_el2);
	irq_injected_begin();
}

void irq_injected_release(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	change_all(&vcpu->arch.gic, drop);
	write_sysreg(0, ich_hcr_el2);
	if (vcpu->cell != &root_cell)
		return;
	if (left.count)
		announce_left();
	/* it may go on without us, with the mask that it has now */
	this_percpu()->gic.icc_pmr = read_sysreg(ich_vmcr_el2) >> ICH_VMCR_VPMR_SHIFT &
				     GIC_PRIO_MASK;
	restore_maintenance();
}

bool irq_injected_waits(void)
{
	for (u32 used = lr_used(); used; used &= used - 1)
		if (lr_read((u32)__builtin_ctz(used)) & ICH_LR_PENDING)
			return true;
	return false;
}

/* Its own interrupts wake it, unless one waits for it already. */
void irq_injected_sleep(bool timed, u64 until)
{
	if (!irq_injected_waits())
		irq_wait(timed, until);
}

const struct irq_delivery irq_injected = {
	.hcr_bits = HCR_IMO | HCR_FMO,
	.cpu_adopt = cpu_adopt,
	.cpu_reset = cpu_reset,
	.cpu_release = irq_injected_release,
	.can_release = irq_injected_can_release,
	.cpu_sleep = irq_injected_sleep,
	.take = take,
};
