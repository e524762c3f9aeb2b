// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Ownership of interrupts: which cell's guests may touch which INTID. */

#include <core/arch.h>
#include <config/config.h>
#include <lib/errno.h>
#include <core/main.h>
#include <lib/printk.h>

#include "gic.h"
#include "irq.h"
#include "gicv3.h"
#include "irq_ops.h"
#include "irq_shared.h"
#include "vgic.h"

static struct cpu *first_cpu(const struct cell *cell)
{
	return cpus[__builtin_ctzll(cell->cpus)];
}

/* The GIC may have fewer interrupts than root's configuration names. */
static int check_lines(const struct cell *cell, u32 word, u32 irqs)
{
	u32 missing = irqs & ~root_cell.arch.gic.irqs[word];

	if (!missing)
		return 0;
	return refuse(-EBUSY, "cell \"%s\": the GIC has no interrupt %u (its last is %u)",
		      cell->config->name,
		      word * 32 + (u32)__builtin_ctz(missing), gic.lines - 1);
}

static void add_sgi_targets(struct cell *cell, cpu_set_t set, bool add)
{
	struct cpu *cpu;

	for_each_cpu(cpu, set) {
		u16 *targets = &cell->arch.gic.sgi_targets[cpu->arch.gic.sgi_cluster];
		u16 bit = (u16)cpu->arch.gic.sgi_target;

		*targets = (u16)(add ? *targets | bit : *targets & ~bit);
	}
}

/*
 * All that can wait for a guest which does not have its CPU is in its queue: SPIs, SGIs
 * and both timers, each once.
 */
#define SHARED_SPIS	(GIC_QUEUE + GIC_MAX_LRS - GIC_SGIS - 2)

static int check_shared(const struct cell *cell)
{
	u32 spis = 0;

	for (u32 word = 1; word < IRQ_WORDS; word++)
		for (u32 bits = cell->arch.gic.irqs[word]; bits; bits &= bits - 1)
			spis++;
	return spis <= SHARED_SPIS ? 0 :
		refuse(-E2BIG, "cell \"%s\" shares CPUs and has %u interrupts: at most %u are possible then",
		       cell->config->name, spis, SHARED_SPIS);
}

static int choose_delivery(struct cell *cell)
{
	struct gic_cell *own = &cell->arch.gic;
	u32 maintenance = system_config->platform_info.arm.maintenance_irq;

	own->delivery = gic_ops->direct;
	own->dist_size = cell->shared ? 0 : gic.part[GIC_DIST].size;
	own->redist_size = cell->shared ? 0 : gic.part[GIC_REDIST].size;
	own->priority_shift = !!cell->shared;
	own->priority_min = gic.prio_min;
	if (!(cell->config->flags & JAILHOUSE_CELL_GIC_PMR) || !gic_ops->injected)
		return 0;
	if (maintenance < GIC_SGIS || maintenance >= 32)
		return refuse(-EINVAL, "cell \"%s\": JAILHOUSE_CELL_GIC_PMR needs maintenance_irq in the system configuration, a PPI (16 to 31; it is %u)",
			      cell->config->name, maintenance);
	own->delivery = gic_ops->injected;
	own->dist_size = own->redist_size = 0;
	/* it is EL2's */
	own->sgi_ppi &= ~(1U << maintenance);
	return 0;
}

static int vgic_prepare(struct cell *cell)
{
	struct vcpu *vcpu;
	int err = 0;

	for (u32 word = 1; word < IRQ_WORDS; word++) {
		u32 irqs = config_irq_word(cell->config, word);

		if (cell != &root_cell)
			err = check_lines(cell, word, irqs);
		else if (word >= gic.lines / 32)
			irqs = 0;
		if (err)
			return err;
		cell->arch.gic.irqs[word] = irqs;
	}
	cell->arch.gic.sgi_ppi = ~0U;
	/* root wakes its CPUs only when they are parked, by what they have anyway */
	cell->arch.gic.irqs[0] = gic.banked && cell == &root_cell ? ~0U : gic.banked;
	err = cell->shared ? check_shared(cell) : 0;
	if (!err)
		err = choose_delivery(cell);
	if (err)
		return err;
	add_sgi_targets(cell, cell->cpus & ~cell->shared, true);
	/* other cells' begin with a reset (irq.c) */
	if (cell == &root_cell)
		for_each_vcpu(vcpu, cell)
			vcpu->arch.gic.delivery = cell->arch.gic.delivery;
	return 0;
}

static void vgic_release(struct cell *cell)
{
	/* all of it is in struct cell */
	(void)cell;
}

static void save_config(struct cell *cell)
{
	for (u32 n = 2; n < gic.lines / 16; n++)
		cell->arch.gic.icfgr[n] = gic_read(gic.gicd, GICD_ICFGR + n * 4);
}

/* Both have the lock for a part at a time: guests' accesses to GICD wait for it. */

static void restore_config(const struct cell *cell)
{
	for (u32 n = 2; n < gic.lines / 16; n++) {
		u32 reg = GICD_ICFGR + n * 4;
		u32 mask = vgic_config_mask(cell->arch.gic.irqs[n / 2] >>
					    (n % 2 * 16));

		if (!mask)
			continue;
		spin_lock(&gic.lock);
		gic_write(gic.gicd, reg, (gic_read(gic.gicd, reg) & ~mask) |
					 (cell->arch.gic.icfgr[n] & mask));
		spin_unlock(&gic.lock);
	}
}

static void reroute(const struct cell *cell, const struct cell *taker)
{
	for (u32 word = 1; word < gic.lines / 32; word++) {
		spin_lock(&gic.lock);
		gic_ops->reroute(cell, taker, word);
		spin_unlock(&gic.lock);
	}
}

static void reset_spis(const struct cell *cell, const struct cpu *cpu)
{
	for (u32 word = 1; word < gic.lines / 32; word++)
		for (u32 bits = cell->arch.gic.irqs[word]; bits; bits &= bits - 1)
			gicd_reset_spi(word * 32 +
				       (u32)__builtin_ctz(bits), cpu);
	/* now that they are disabled */
	restore_config(cell);
}

/*
 * The root cell's word first, then the reset: root cannot enable what is not
 * in its word any more.
 */
static void vgic_take(struct cell *cell)
{
	spin_lock(&gic.lock);
	for (u32 word = 1; word < IRQ_WORDS; word++)
		root_cell.arch.gic.irqs[word] &= ~cell->arch.gic.irqs[word];
	spin_unlock(&gic.lock);
	save_config(cell);
	add_sgi_targets(&root_cell, cell->cpus & ~cell->shared, false);
	/* root may have SPIs of its own that go to CPUs which are the cell's now */
	reroute(&root_cell, cell);
	reset_spis(cell, first_cpu(cell));
}

static void vgic_return(struct cell *cell)
{
	reset_spis(cell, first_cpu(&root_cell));
	add_sgi_targets(&root_cell, cell->cpus & ~cell->shared, true);
	for (u32 word = 1; word < IRQ_WORDS; word++)
		root_cell.arch.gic.irqs[word] |= cell->arch.gic.irqs[word];
}

static u32 shared_cpus;

/* Of 32 INTIDs; the lower half is what is left to guests of a shared CPU. */
static void lower_priorities(volatile u8 *frame, u32 first)
{
	spin_lock(&gic.lock);
	for (u32 intid = first; intid < first + 32; intid++)
		if (intid < 32 || arch_irq_is_spi_of(&root_cell, intid))
			frame[GICD_IPRIORITYR + intid] |= GIC_PRIO_ROOT;
	spin_unlock(&gic.lock);
}

void vgic_share_root(bool on)
{
	struct gic_cell *root = &root_cell.arch.gic;
	u32 own = 1U << gicv3.maintenance | 1U << GIC_ALARM_PPI;

	shared_cpus += on ? 1 : -1U;
	root->dist_size = shared_cpus ? 0 : gic.part[GIC_DIST].size;
	root->redist_size = shared_cpus ? 0 : gic.part[GIC_REDIST].size;
	root->priority_min = shared_cpus ? GIC_PRIO_ROOT : gic.prio_min;
	root->sgi_ppi = shared_cpus ? ~own : ~0U;
	if (!on)
		return;
	lower_priorities(gicr_sgi_frame(arch_this_cpu()), 0);
	for (u32 first = 32; first < gic.lines; first += 32)
		lower_priorities(gic.gicd, first);
}

static void vgic_reset(struct cell *cell)
{
	reset_spis(cell, first_cpu(cell));
}

static void vgic_stop(struct cell *cell)
{
	/* its CPUs park, or it fails: that is enough */
	(void)cell;
}

/* SPIs of nobody that were enabled */
static u32 disabled_spis[IRQ_WORDS];

void vgic_disable_unowned(void)
{
	for (u32 word = 1; word < gic.lines / 32; word++) {
		u32 unowned = gic_read(gic.gicd, GICD_ISENABLER + word * 4) &
			      ~root_cell.arch.gic.irqs[word];

		disabled_spis[word] = unowned;
		if (!unowned)
			continue;
		gic_write(gic.gicd, GICD_ICENABLER + word * 4, unowned);
		printk("Interrupts %u.. (bits %#x) are in use but not in the root cell's irqchips: disabled\n",
		       word * 32, unowned);
	}
}

void vgic_enable_unowned(void)
{
	for (u32 word = 1; word < gic.lines / 32; word++)
		gic_write(gic.gicd, GICD_ISENABLER + word * 4,
			  disabled_spis[word]);
}

const struct unit vgic_unit = {
	.init = irq_init,
	.cell_prepare = vgic_prepare,
	.cell_release = vgic_release,
	.cell_take = vgic_take,
	.cell_return = vgic_return,
	.cell_reset = vgic_reset,
	.cell_stop = vgic_stop,
};
