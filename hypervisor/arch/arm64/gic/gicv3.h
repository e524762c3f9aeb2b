/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_GICV3_H
#define ARM64_GICV3_H

/* What only a GICv3 has: register layout (Arm IHI 0069, chapter 12). */

#include <core/percpu.h>
#include <cpu/percpu_private.h>

#include "gic.h"

#define GICD_SIZE		0x10000
#define GICD_IROUTER		0x6000
#define GICD_IROUTER_END	0x8000
#define GICD_IDREGS		0xffd0
#define GICD_PIDR2		0xffe8

#define GICD_CTLR_ARE		(1U << 4)
#define GICD_IROUTER_IRM	(1ULL << 31)

/* RD frame; the SGI frame is the next 64 KiB, laid out like a GICD */
#define GICR_CTLR		0x0000
#define GICR_IIDR		0x0004
#define GICR_TYPER		0x0008
#define GICR_STATUSR		0x0010
#define GICR_WAKER		0x0014
#define GICR_SETLPIR		0x0040
#define GICR_CLRLPIR		0x0048
#define GICR_PROPBASER		0x0070
#define GICR_PENDBASER		0x0078
#define GICR_INVLPIR		0x00a0
#define GICR_INVALLR		0x00b0
#define GICR_SYNCR		0x00c0
#define GICR_SGI_FRAME		0x10000
#define GICR_SIZE		0x20000
#define GICR_SIZE_VLPI		0x40000

#define GICR_PROPBASER_ADDRESS	0x000ffffffffff000ULL
#define GICR_PENDBASER_ADDRESS	0x000fffffffff0000ULL
#define GICR_CTLR_ENABLE_LPIS	(1U << 0)
#define GICR_CTLR_RWP		(1U << 3)
#define GICR_TYPER_PLPIS	(1ULL << 0)
#define GICR_TYPER_VLPIS	(1ULL << 1)
#define GICR_TYPER_LAST		(1ULL << 4)
#define GICR_TYPER_PPINUM	(0x1fULL << 27)	/* PPIs from INTID 1056 on */
#define GICR_TYPER_AFFINITY_SHIFT 32
#define GICR_PROPBASER_IDBITS(v) ((v) & 0x1f)	/* of INTIDs, less one */

#define ICC_IGRPEN_ENABLE	1
#define ICC_PMR_ALL		0xff
#define ICC_CTLR_CBPR		(1U << 0)
#define ICC_CTLR_EOIMODE	(1U << 1)

#define ICH_VTR_PREBITS(v)	((((v) >> 26) & 7) + 1)
#define ICH_VMCR_VENG1		(1U << 1)
#define ICH_VMCR_VCBPR		(1U << 4)
#define ICH_VMCR_VEOIM		(1U << 9)
#define ICH_VMCR_VBPR1_SHIFT	18
#define ICH_VMCR_VPMR_SHIFT	24
#define ICH_VMCR_VPMR		(0xffULL << ICH_VMCR_VPMR_SHIFT)

/* ICC_SGInR_EL1 */
#define ICC_SGIR_TARGETS	0xffffULL
#define ICC_SGIR_AFF1_SHIFT	16
#define ICC_SGIR_INTID_SHIFT	24
#define ICC_SGIR_INTID_MASK	(0xfULL << ICC_SGIR_INTID_SHIFT)
#define ICC_SGIR_AFF2_SHIFT	32
#define ICC_SGIR_IRM		(1ULL << 40)
#define ICC_SGIR_RS_SHIFT	44
#define ICC_SGIR_AFF3_SHIFT	48
#define ICC_SGIR_AFFINITY	(0xffULL << ICC_SGIR_AFF1_SHIFT | \
				 0xffULL << ICC_SGIR_AFF2_SHIFT | \
				 0xfULL << ICC_SGIR_RS_SHIFT | \
				 0xffULL << ICC_SGIR_AFF3_SHIFT)

/* Where Group 0 is seen, priorities of Group 1 are the lower half (IHI 0069, 4.8.6) */
#define ICC_PRIO_NONSECURE	0x80
/* ICC_RPR_EL1: no interrupt is active */
#define ICC_RPR_IDLE		0xff

/* Redistributors that may be looked through for those of our CPUs. */
#define GIC_MAX_FRAMES		128

struct gicv3 {
	volatile u8 *gicr;	/* first redistributor */
	struct cpu *cpu_of_frame[GIC_MAX_FRAMES]; /* NULL: of no CPU of ours */
	/*
	 * With two security states, ICC_PMR_EL1 and ICC_RPR_EL1 are not seen shifted
	 * as IPRIORITYR is: EL3 has left Group 0 to us.
	 */
	bool pmr_whole;
	/* ICC_PMR_EL1 that lets nothing but priority 0 through */
	u8 pmr_wake;
	/* bit n of all ICC_AP1Rm_EL1: that of an interrupt of priority 0 */
	u8 top_active;
	u32 maintenance;	/* INTID of its interrupt; for injected delivery */
	u32 clusters;
	u64 cluster_affinity[GIC_MAX_CLUSTERS];	/* as in ICC_SGInR_EL1 */
};

extern struct gicv3 gicv3;

/*
 * Maps the GIC of the system configuration, checks that it is what we can
 * use, and finds the redistributor of each CPU. Changes nothing. 0 or refused.
 */
int gicv3_init(void);

/* As gicd_wait(). */
void gicr_wait(volatile void *gicr);

/* To @cpu, as all are, in Group 1. The GIC's lock is held. */
void gicv3_route_spi(u32 intid, const struct cpu *cpu);

/*
 * Something of a priority higher than @below is active: EOIs drop it, one by one,
 * but no more than there are priorities. EOImode is 0.
 */
void gicv3_drop_priorities(u64 below);

/* No interrupt is active any more at the virtual CPU interface. */
void gicv3_reset_virtual_priorities(void);

/*
 * What a guest with injected delivery has not acknowledged is the GIC's again, until
 * this CPU takes it anew: before an access to the GIC's registers.
 */
void irq_injected_give_back(void);

/* This CPU's SGIs and PPIs as after a reset. */
void gicr_reset(volatile void *gicr);

/* A CPU's SGIs and PPIs. */
static inline volatile u8 *gicr_sgi_frame(const struct cpu *cpu)
{
	return (volatile u8 *)cpu->arch.gic.gicr + GICR_SGI_FRAME;
}

/* This CPU's. */
static inline __attribute__((always_inline)) volatile u8 *own_sgi_frame(void)
{
	return this_percpu()->gic.sgi_frame;
}

/* A CPU's affinity as GICD_IROUTER has it. */
static inline u64 gic_affinity(const struct cpu *cpu)
{
	return cpu->hw_id;
}

#endif /* ARM64_GICV3_H */
