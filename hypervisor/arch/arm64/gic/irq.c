// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Which GIC it is, and what the rest of the hypervisor may ask of any. */

#include <core/arch.h>
#include <core/cell.h>
#include <core/halt.h>
#include <core/main.h>
#include <lib/errno.h>
#include <lib/printk.h>

#include "gic.h"
#include "gicv3.h"
#include "irq.h"
#include "irq_ops.h"
#include "vgic.h"

const struct gic_ops *gic_ops;

int irq_init(void)
{
	u32 version = system_config->platform_info.arm.gic_version;
	bool v3 = ID_FIELD(read_sysreg(id_aa64pfr0_el1), ID_AA64PFR0_GIC);

	if (v3 != (version == 3))
		return refuse(-ENODEV, "the system configuration says GICv%u, and the CPUs have %s GICv3's registers (ID_AA64PFR0_EL1.GIC): correct gic_version; a GICv3 that is used as a GICv2 is not supported",
			      version, v3 ? "a" : "no");
	gic_ops = v3 ? &gicv3_ops : &gicv2_ops;
	return gic_ops->init();
}

u64 arch_redistributors(void)
{
	return gic.part[GIC_REDIST].size / GICR_SIZE;
}

void arch_halt_unlock(void)
{
	halt_unlock(&gic.lock);
}

/* Of the guest on this CPU. */
static const struct irq_delivery *delivery(void)
{
	return arch_this_vcpu()->arch.gic.delivery;
}

/* Its cell's way, unless it shares its CPU. */
static void choose_delivery(void)
{
	struct vcpu *vcpu = arch_this_vcpu();

	vcpu->arch.gic.delivery = vcpu->arch.context ? gic_ops->shared :
				  vcpu->cell->arch.gic.delivery;
}

u64 irq_hcr_bits(void)
{
	return delivery()->hcr_bits;
}

void irq_machine_enter(void)
{
	vgic_disable_unowned();
}

void irq_machine_leave(void)
{
	vgic_enable_unowned();
}

void irq_cpu_enter(void)
{
	gic_ops->cpu_enter();
	delivery()->cpu_adopt();
}

static void release_guest(void)
{
	if (delivery()->cpu_release)
		delivery()->cpu_release();
}

void irq_cpu_leave(void)
{
	release_guest();
	gic_ops->cpu_leave();
}

void irq_kick(const struct cpu *cpu)
{
	gic_ops->kick(cpu);
}

void irq_ack_kick(void)
{
	gic_ops->ack_kick();
}

void irq_cpu_park(void)
{
	release_guest();
	gic_ops->cpu_park();
}

void irq_cpu_sleep(bool timed, u64 until)
{
	delivery()->cpu_sleep(timed, until);
}

bool irq_take(void)
{
	return delivery()->take();
}

bool irq_take_none(void)
{
	arch_this_vcpu()->stats[CELLBLOCK_CPU_STAT_OTHER]++;
	return false;
}

void irq_cpu_reset(void)
{
	choose_delivery();
	if (!arch_this_vcpu()->arch.context)
		gic_ops->cpu_reset();
	delivery()->cpu_reset();
}

void irq_cpu_drop(void)
{
	release_guest();
}

int irq_cpu_share(bool on)
{
	return gic_ops->cpu_share ? gic_ops->cpu_share(on) :
				    refuse(-EINVAL, "shared CPUs need a GICv3");
}

/* For core/ */

bool arch_reserved_range(unsigned int index, u64 *start, u64 *size)
{
	if (index >= GIC_NUM_PARTS)
		return false;
	*start = gic.part[index].base;
	*size = gic.part[index].size;
	return true;
}

bool arch_banked_range(u64 *start, u64 *size)
{
	*start = gic.part[GIC_CPU_INTERFACE].base;
	*size = gic.part[GIC_CPU_INTERFACE].size;
	return *size;
}

bool arch_cpu_can_leave(void)
{
	return !delivery()->can_release || delivery()->can_release();
}

bool arch_irq_is_spi_of(const struct cell *cell, u32 intid)
{
	u32 word = intid / 32;

	return word && word < IRQ_WORDS &&
	       (cell->arch.gic.irqs[word] >> intid % 32 & 1);
}

void arch_irq_pend(u32 intid)
{
	/* data before the interrupt that tells of it, with caches on or off */
	dsb(st);
	gic_write_bit(gic.gicd, GICD_ISPENDR, intid);
}

void arch_irq_unpend(u32 intid)
{
	gic_write_bit(gic.gicd, GICD_ICPENDR, intid);
}

u64 arch_msi_address(void)
{
	return gic.part[GIC_DIST].base + GICD_SETSPI_NSR;
}
