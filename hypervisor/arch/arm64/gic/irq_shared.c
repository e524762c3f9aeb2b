// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/*
 * Delivery on a CPU that cells share with root, with a GICv3: injected for all of its
 * guests, so that EL2 sees each interrupt whatever the guest that runs has masked.
 * That of another guest waits in its queue. While a cell runs, the physical PMR keeps
 * root's interrupts in the GIC: priorities of such a cell are the upper half there,
 * root's the lower.
 *
 * EL2 has two PPIs: the maintenance interrupt, and that of its own timer, the alarm,
 * which other CPUs make pending as well (gicv3_cpu.c). The PPIs of the other timers
 * belong to the guest that runs, as the timers do. SGIs in the GIC are root's; those of a
 * cell for such a CPU are bits of its vcpu.
 */

#include <arch/sysreg.h>
#include <core/arch.h>
#include <core/share.h>
#include <cpu/context.h>
#include <cpu/percpu_private.h>
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>

#include "gicv3.h"
#include "irq.h"
#include "irq_injected.h"
#include "irq_ops.h"
#include "irq_shared.h"
#include "list_registers.h"

#define ALARM_BIT	(1U << GIC_ALARM_PPI)

/* With the CPU's lock held: cells' vcpus come and go. */
static struct vcpu *owner_of(u32 intid)
{
	struct vcpu *root = this_percpu()->cpu->vcpu, *vcpu;

	for (vcpu = root->next; vcpu; vcpu = vcpu->next)
		if (arch_irq_is_spi_of(vcpu->cell, intid))
			return vcpu;
	return root;
}

/* For another guest. There is room: vgic.c counts a cell's, and PMR keeps root's back. */
static void put_away(struct gic_vcpu *v, u64 lr)
{
	if (!irq_injected_merge(v, lr) && v->queued < ARRAY_SIZE(v->queue))
		v->queue[v->queued++] = lr;
}

static bool take_for(struct vcpu *owner, u32 intid)
{
	u64 lr = irq_injected_acknowledge(owner, intid);

	owner->stats[JAILHOUSE_CPU_STAT_VMEXITS_VIRQ]++;
	if (owner == arch_this_vcpu()) {
		irq_injected_insert(&owner->arch.gic, lr);
		return false;
	}
	put_away(&owner->arch.gic, lr);
	share_wake(owner);
	return true;
}

/* Of root, or of any cell here. */
static bool take_any(u32 intid)
{
	struct cpu *cpu = this_percpu()->cpu;
	bool is_other;

	spin_lock(&cpu->lock);
	is_other = take_for(owner_of(intid), intid);
	spin_unlock(&cpu->lock);
	return is_other;
}

/* Without the lock: what comes now makes the alarm ring. */
static bool sgis_wait(const struct gic_vcpu *v)
{
	return v->sgi_pending & v->sgi_enabled;
}

static bool take_alarm(void)
{
	arch_set_alarm(~0ULL);
	/* the level is gone before it is deactivated */
	isb();
	write_sysreg(GIC_ALARM_PPI, icc_eoir1_el1);
	write_sysreg(GIC_ALARM_PPI, icc_dir_el1);
	return true;
}

/* How many there are of Group 1 (IHI 0069, 12.4.1); nothing of Group 0 becomes active */
#define ACTIVE_PRIORITIES(x, c, has)					\
	x((c)->gic.apr[0], ich_ap1r0_el2)				\
	if ((has) & 1U << HAS_MORE_PRIORITIES) {			\
		x((c)->gic.apr[1], ich_ap1r1_el2)			\
		if (this_percpu()->gic.prebits >= 7) {			\
			x((c)->gic.apr[2], ich_ap1r2_el2)		\
			x((c)->gic.apr[3], ich_ap1r3_el2)		\
		}							\
	}

static const u8 timers[] = { GIC_VIRTUAL_TIMER, GIC_PHYSICAL_TIMER };

/* For list registers: @priority is IPRIORITYR of the PPI. */
static u64 timer_lr(const struct gic_vcpu *v, u64 intid, u64 priority)
{
	/* as ICC_RPR_EL1 has it, of an interrupt that is taken */
	if (gicv3.pmr_whole)
		priority = ICC_PRIO_NONSECURE | priority >> 1;
	priority = priority << v->priority_shift & GIC_PRIO_MASK;
	return ICH_LR_PENDING | ICH_LR_GROUP1 | ICH_LR_HW | intid |
	       priority << ICH_LR_PRIORITY_SHIFT | intid << ICH_LR_PINTID_SHIFT;
}

void irq_shared_show_timers(void)
{
	const struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;
	volatile u8 *sgi = own_sgi_frame();

	for (u32 n = 0; n < ARRAY_SIZE(timers); n++) {
		sgi[GICD_IPRIORITYR + timers[n]] = v->timer_priority[n];
		if (!v->timer_lr[n])
			gic_write(sgi, GICD_ICENABLER, 1U << timers[n]);
	}
}

/* For all guests alike. */
static void enable_timers(void)
{
	volatile u8 *sgi = own_sgi_frame();

	for (u32 n = 0; n < ARRAY_SIZE(timers); n++)
		sgi[GICD_IPRIORITYR + timers[n]] = gic.prio_min;
	gic_write(sgi, GICD_ISENABLER, GIC_TIMERS);
}

/* No other CPU's guest writes these registers (vgic_sgi_ppi()). */
void irq_shared_hide_timers(void)
{
	struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;
	volatile u8 *sgi = own_sgi_frame();
	u32 enabled = gic_read(sgi, GICD_ISENABLER);

	for (u32 n = 0; n < ARRAY_SIZE(timers); n++) {
		v->timer_priority[n] = sgi[GICD_IPRIORITYR + timers[n]];
		v->timer_lr[n] = !(enabled >> timers[n] & 1) ? 0 :
				 timer_lr(v, timers[n], v->timer_priority[n]);
	}
	enable_timers();
	v->keep |= GIC_KEEP_TIMERS;
}

/* Of the guest that runs. */
static bool take_timer(u32 intid)
{
	struct vcpu *vcpu = arch_this_vcpu();
	struct gic_vcpu *v = &vcpu->arch.gic;
	u64 lr = v->timer_lr[intid == GIC_PHYSICAL_TIMER];

	write_sysreg(intid, icc_eoir1_el1);
	if (lr) {
		vcpu->stats[JAILHOUSE_CPU_STAT_VMEXITS_VIRQ]++;
		irq_injected_insert(v, lr);
		return false;
	}
	/* the guest has it disabled: so it is, until another one has the CPU */
	vcpu->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	gic_write(own_sgi_frame(), GICD_ICENABLER, 1U << intid);
	v->keep |= GIC_KEEP_TIMERS;
	write_sysreg(intid, icc_dir_el1);
	return false;
}

/* Any but the alarm. */
static __attribute__((noinline)) bool take_guests(u32 intid)
{
	/* RPR is its priority from there on */
	isb();
	if (ICC_SPECIAL(intid)) {
		arch_this_vcpu()->stats[CELLBLOCK_CPU_STAT_OTHER]++;
		return false;
	}
	if (intid == gicv3.maintenance) {
		irq_injected_maintain(arch_this_vcpu());
		return false;
	}
	if (intid == GIC_VIRTUAL_TIMER || intid == GIC_PHYSICAL_TIMER)
		return take_timer(intid);
	return take_any(intid);
}

static bool take(void)
{
	u32 intid = (u32)read_sysreg(icc_iar1_el1);

	return intid == GIC_ALARM_PPI ? take_alarm() : take_guests(intid);
}

/* With interrupts on their way, or without knowing what the GIC has of the timers' PPIs. */
static __attribute__((noinline)) void keep_more(struct vcpu *vcpu, struct cpu_context *c)
{
	struct gic_vcpu *v = &vcpu->arch.gic;
	volatile u8 *sgi = own_sgi_frame();

	irq_injected_collect(v);
	if (v->keep & GIC_KEEP_TIMERS) {
		gic_write(sgi, GICD_ISENABLER, GIC_TIMERS);
		/* that the guest has made it so; a timer's own does not end by that */
		gic_write(sgi, GICD_ICPENDR, GIC_TIMERS);
	}
	c->gic.active = gic_read(sgi, GICD_ISACTIVER) & GIC_TIMERS;
	v->keep = c->gic.active ? GIC_KEEP_ACTIVE : 0;
	gic_write(sgi, GICD_ICACTIVER, GIC_TIMERS);
}

void irq_cpu_keep(struct vcpu *vcpu, struct cpu_context *c, u32 has)
{
#define KEEP(field, r)		field = read_sysreg(r);
	c->gic.vmcr = read_sysreg(ich_vmcr_el2);
	ACTIVE_PRIORITIES(KEEP, c, has)
	/* those active in the GIC were so before, or are in a list register, or in the queue */
	if ((vcpu->arch.gic.keep | vcpu->arch.gic.queued) || lr_used())
		keep_more(vcpu, c);
}

/* From the vcpu to its list registers. */
static void take_sgis(struct gic_vcpu *v)
{
	u32 sgi;

	for (; v->sgi_pending & v->sgi_enabled; v->sgi_pending &= ~(1U << sgi)) {
		sgi = (u32)__builtin_ctz(v->sgi_pending & v->sgi_enabled);
		irq_injected_insert(v, ICH_LR_PENDING | ICH_LR_GROUP1 | sgi |
				       (u64)v->sgi_priority[sgi] << ICH_LR_PRIORITY_SHIFT);
		/* ELRSR tells the next one of the list register */
		isb();
	}
}

void irq_shared_take_sgis(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	/* ELRSR tells of the list registers that have just been loaded */
	isb();
	spin_lock(&vcpu->cpu->lock);
	take_sgis(&vcpu->arch.gic);
	spin_unlock(&vcpu->cpu->lock);
}

/* Adds it to @lr, @active and the queue, if it has rung and is not active. */
static inline __attribute__((always_inline)) void
add_timer(struct gic_vcpu *v, u64 ctl, u64 timer, u32 intid, u64 *lr, u32 *active)
{
	if ((ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS)) !=
	    (CNT_CTL_ENABLE | CNT_CTL_ISTATUS) || !timer || *active >> intid & 1)
		return;
	if (*lr)
		v->queue[v->queued++] = *lr;
	*lr = timer;
	*active |= 1U << intid;
}

/*
 * Timers that have rung while the guest was away: as if their interrupts had been taken,
 * which would be one more exit. They are to be active in the GIC then.
 */
static inline __attribute__((always_inline)) void
add_timers(struct gic_vcpu *v, u32 active, u64 virtual, u64 physical)
{
	u64 lr = 0;

	add_timer(v, virtual, v->timer_lr[0], GIC_VIRTUAL_TIMER, &lr, &active);
	add_timer(v, physical, v->timer_lr[1], GIC_PHYSICAL_TIMER, &lr, &active);
	/* the only one needs no place in an order; no list register is in use yet */
	if (__builtin_expect(lr && v->queued, 0))
		v->queue[v->queued++] = lr;
	else if (lr)
		write_sysreg(lr, ich_lr0_el2);
	gic_write(own_sgi_frame(), GICD_ISACTIVER, active);
}

void irq_cpu_stay(const struct gic_vcpu *v)
{
	if (__builtin_expect(sgis_wait(v), 0))
		irq_shared_take_sgis();
}

void irq_cpu_resume(struct vcpu *vcpu, const struct cpu_context *c, u32 has)
{
	u64 virtual, physical;
	u32 active;

#define RESUME(field, r)	write_sysreg(field, r);
	write_sysreg(c->gic.vmcr, ich_vmcr_el2);
	ACTIVE_PRIORITIES(RESUME, c, has)
	/* ISTATUS tells of this guest's timers, which have just been loaded */
	isb();
	virtual = read_sysreg(cntv_ctl_el0);
	physical = read_sysreg(cntp_ctl_el0);
	active = c->gic.active;
	if (((virtual | physical) & CNT_CTL_ISTATUS) || active)
		add_timers(&vcpu->arch.gic, active, virtual, physical);
	/* nothing of this guest is left to be counted */
	if (__builtin_expect(!vcpu->arch.gic.queued, 1))
		irq_injected_open(&vcpu->arch.gic);
	else
		irq_injected_fill(&vcpu->arch.gic);
	irq_cpu_stay(&vcpu->arch.gic);
}

bool irq_waits(void)
{
	const struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;

	if (sgis_wait(v))
		return true;
	/* the usual */
	if (!v->queued && !lr_used())
		return false;
	for (u32 n = 0; n < v->queued; n++)
		if (v->queue[n] & ICH_LR_PENDING)
			return true;
	return irq_injected_waits();
}

/* A guest that executes no WFI: it sleeps at the next exit, which is its next instruction. */
static void cpu_sleep(bool timed, u64 until)
{
	struct vcpu *vcpu = arch_this_vcpu();

	if (!share_is_guest(vcpu)) {
		irq_injected_sleep(timed, until);
	} else {
		vcpu->share.rest = SHARE_SLEEPS;
		gic_write(own_sgi_frame(), GICD_ISPENDR, ALARM_BIT);
	}
}

/* A guest begins. */
static void cpu_reset(void)
{
	struct gic_vcpu *v = &arch_this_vcpu()->arch.gic;

	/* it may have been stopped while another one ran */
	irq_injected_forget(v);
	v->sgi_enabled = v->sgi_pending = 0;
	memset(v->sgi_priority, 0, sizeof(v->sgi_priority));
	/* the guest before has left its timers' PPIs not active */
	for (u32 n = 0; n < ARRAY_SIZE(timers); n++) {
		v->timer_priority[n] = gic.prio_min;
		v->timer_lr[n] = 0;
	}
	/* what its context has is of its last life */
	v->keep = GIC_KEEP_TIMERS;
	write_sysreg(ICH_VMCR_VENG1, ich_vmcr_el2);
	irq_injected_begin();
}

/* A guest is gone: what it has left of the timers is not the next one's. */
static void cpu_release(void)
{
	volatile u8 *sgi = own_sgi_frame();

	irq_injected_release();
	gic_write(sgi, GICD_ISENABLER, GIC_TIMERS);
	gic_write(sgi, GICD_ICPENDR, GIC_TIMERS);
	gic_write(sgi, GICD_ICACTIVER, GIC_TIMERS);
}

/* SGIs of guests */

void irq_shared_pend_sgi(struct vcpu *vcpu, u32 sgi)
{
	spin_lock(&vcpu->cpu->lock);
	vcpu->arch.gic.sgi_pending |= 1U << sgi;
	/* enabled or not: no sleep need be as long as it could be */
	share_wake(vcpu);
	spin_unlock(&vcpu->cpu->lock);
}

bool irq_shared_send(const struct cell *cell, const struct cpu *cpu, u32 sgi)
{
	struct vcpu *vcpu = cell_vcpu(cell, cpu);

	if (!vcpu || !share_is_guest(vcpu))
		return false;
	irq_shared_pend_sgi(vcpu, sgi);
	if (vcpu == arch_this_vcpu())
		irq_shared_take_sgis();
	else
		arch_cpu_kick(vcpu->cpu);
	return true;
}

void irq_shared_sgi_bits(struct vcpu *vcpu, u32 reg, struct mmio_access *access)
{
	struct gic_vcpu *v = &vcpu->arch.gic;
	u32 fixed = reg < GICD_ISENABLER ? 0xffff : 0, *word = &fixed;

	/* which of them are active is not shown */
	if (reg >= GICD_ISENABLER && reg < GICD_ISACTIVER)
		word = reg < GICD_ISPENDR ? &v->sgi_enabled : &v->sgi_pending;
	spin_lock(&vcpu->cpu->lock);
	if (!access->is_write)
		access->value |= *word;
	else if (reg & (GICD_ICENABLER - GICD_ISENABLER))
		*word &= ~(u32)access->value;
	else
		*word |= (u32)access->value & 0xffff;
	if (vcpu == arch_this_vcpu()) {
		take_sgis(v);
	} else if (sgis_wait(v)) {
		share_wake(vcpu);
		arch_cpu_kick(vcpu->cpu);
	}
	spin_unlock(&vcpu->cpu->lock);
}

bool irq_shared_sgi_priority(struct vcpu *vcpu, struct mmio_access *access)
{
	u32 first = (u32)access->address - GICD_IPRIORITYR;

	if (!share_is_guest(vcpu) || first + access->size > GIC_SGIS)
		return false;
	for (u32 n = 0; n < access->size; n++) {
		u8 *priority = &vcpu->arch.gic.sgi_priority[first + n];

		if (access->is_write)
			*priority = (u8)(access->value >> n * 8) & GIC_PRIO_MASK;
		else
			access->value |= (u64)*priority << n * 8;
	}
	return true;
}

/* From direct delivery: nothing of root's is active on this CPU. */
static void adopt(void)
{
	u64 vmcr = read_sysreg(ich_vmcr_el2) & (ICH_VMCR_VEOIM | ICH_VMCR_VPMR);
	volatile u8 *sgi = own_sgi_frame();

	vmcr |= read_sysreg(icc_bpr1_el1) << ICH_VMCR_VBPR1_SHIFT;
	if (read_sysreg(icc_igrpen1_el1))
		vmcr |= ICH_VMCR_VENG1;
	write_sysreg(vmcr, ich_vmcr_el2);
	irq_injected_keep_maintenance();
	irq_injected_begin();
	irq_shared_hide_timers();
	sgi[GICD_IPRIORITYR + GIC_ALARM_PPI] = GIC_PRIO_WAKE;
	gic_write(sgi, GICD_ISENABLER, ALARM_BIT);
}

static void give_up(void)
{
	u64 vmcr = read_sysreg(ich_vmcr_el2);

	irq_shared_show_timers();
	gic_write(own_sgi_frame(), GICD_ICENABLER, ALARM_BIT);
	irq_injected_release();
	gicv3_reset_virtual_priorities();
	write_sysreg(vmcr >> ICH_VMCR_VBPR1_SHIFT & 7, icc_bpr1_el1);
	write_sysreg(vmcr & ICH_VMCR_VENG1 ? ICC_IGRPEN_ENABLE : 0, icc_igrpen1_el1);
	write_sysreg(vmcr & (ICH_VMCR_VEOIM | ICH_VMCR_VPMR), ich_vmcr_el2);
	irq_direct_set_icc();
}

int irq_shared_cpu(bool on)
{
	struct vcpu *vcpu = arch_this_vcpu();

	if (gicv3.maintenance < GIC_SGIS || gicv3.maintenance >= 32)
		return refuse(-EINVAL, "shared CPUs need maintenance_irq in the system configuration, a PPI (16 to 31; it is %u)",
			      gicv3.maintenance);
	if (vcpu->cell->arch.gic.delivery != &irq_direct)
		return refuse(-ENODEV, "root has JAILHOUSE_CELL_GIC_PMR: its CPUs cannot be shared");
	if (!on && !irq_injected_can_release())
		return refuse(-EAGAIN, "an interrupt waits for root");
	vgic_share_root(on);
	vcpu->arch.gic.delivery = on ? &irq_shared : &irq_direct;
	if (on)
		adopt();
	else
		give_up();
	return 0;
}

const struct irq_delivery irq_shared = {
	.hcr_bits = HCR_IMO | HCR_FMO,
	.cpu_reset = cpu_reset,
	.cpu_release = cpu_release,
	.can_release = irq_injected_can_release,
	.cpu_sleep = cpu_sleep,
	.take = take,
};
