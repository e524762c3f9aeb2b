/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_GIC_STATE_H
#define ARM64_GIC_STATE_H

/*
 * What the GIC code keeps for each cell and each CPU: parts of struct
 * arch_cell, struct arch_cpu and struct percpu, here and in the tests' fake
 * architecture.
 */

#include <jailhouse/types.h>

#define IRQ_WORDS		32
#define GIC_MAX_CLUSTERS	64

struct irq_delivery;

struct gic_cell {
	const struct irq_delivery *delivery;	/* fixed at cell_prepare */
	/* of gic.part, as far as guests' accesses need no preparation */
	u64 dist_size, redist_size;
	/* priorities as guests write them, and as the GIC has them: shifted, not below */
	u8 priority_shift, priority_min;
	/*
	 * Bit n of word w: INTID 32 * w + n of the distributor is the cell's.
	 * Its SGIs and PPIs, INTIDs 0 to 31, are not in GICv3's distributor (sgi_ppi).
	 */
	u32 irqs[IRQ_WORDS];
	u32 sgi_ppi;
	/* GICD_ICFGR as it took them: what it starts with, and gives back */
	u32 icfgr[IRQ_WORDS * 2];
	/*
	 * The cell's CPUs in each affinity cluster: TargetList bits. GICv2: a single
	 * cluster, their bits in ITARGETSR and SGIR.
	 */
	u16 sgi_targets[GIC_MAX_CLUSTERS];
};

struct gic_cpu {
	volatile void *gicr;	/* redistributor: RD frame, SGI frame follows */
	u32 sgi_cluster;	/* index of its affinity cluster */
	/* its affinity and target bit for ICC_SGInR; GICv2: its bit, known since enabled */
	u64 sgi_target;
};

/* Interrupts that wait for a list register. */
#define GIC_QUEUE		32
#define GIC_MAX_LRS		16

/*
 * What injected delivery keeps for each vcpu besides ICH_*_EL2; its own CPU's.
 * At most one of each INTID is in list registers or queue; elements are as in a list
 * register.
 */
struct gic_vcpu {
	const struct irq_delivery *delivery;	/* its cell's; another on a shared CPU */
	u32 queued;
	/* on a CPU that is root's as well: what irq_cpu_keep() has to ask the GIC, GIC_KEEP_* */
	u32 keep;
	/*
	 * SGIs of a guest on such a CPU: the GIC's are root's. cpu->lock, but for what only
	 * the vcpu itself reads and writes
	 */
	u32 sgi_enabled, sgi_pending;
	/* from a priority at EL2 to the guest's: 1 if PMR is whole (struct gicv3) */
	u32 priority_shift;
	/* what that leaves out, and ICC_PMR_EL1 while there is room */
	u32 priority_base, pmr_open;
	/*
	 * Of the timers' PPIs on such a CPU, the virtual one's first: what a list register
	 * has when they have rung, 0: disabled, and IPRIORITYR. In the GIC they are enabled
	 * whoever runs.
	 */
	u8 timer_priority[2];
	u64 timer_lr[2];
	u8 sgi_priority[16];
	/* with what a vcpu has in list registers, and both timers, when it has its CPU again */
	u64 queue[GIC_QUEUE + GIC_MAX_LRS + 2];
};

/* The timers' PPIs in the GIC: they may be pending or disabled; one was active */
#define GIC_KEEP_TIMERS		(1U << 0)
#define GIC_KEEP_ACTIVE		(1U << 1)

/* The virtual CPU interface of a vcpu that does not have its CPU. */
struct gic_context {
	u64 vmcr;
	u64 apr[4];	/* of Group 1 */
	u32 active;	/* of GIC_TIMERS, ISACTIVER */
};

/* What irq_cpu_enter() found, for the CPU's own eyes. */
struct gic_cpu_state {
	volatile u8 *sgi_frame;	/* GICv3: of its redistributor */
	u32 lr_all;		/* a bit for each list register */
	u32 prebits;		/* ICH_VTR_EL2.PREbits + 1 */
	u64 icc_sre_el2, icc_ctlr, icc_pmr;
	u64 ich_hcr, ich_vmcr;
	bool lpis_off;		/* switched off for a cell */
	u32 gicc_bypass;	/* GICv2 */
	/* root's, which is EL2's with injected delivery */
	u32 maintenance_enabled;
	u8 maintenance_priority;
};

#endif /* ARM64_GIC_STATE_H */
