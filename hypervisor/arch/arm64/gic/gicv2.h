/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_GICV2_H
#define ARM64_GICV2_H

/* What only a GICv2 has: register layout (Arm IHI 0048, chapter 4). */

#include "gic.h"

#define GICD_V2_SIZE		0x1000
#define GICD_SGIR		0x0f00
#define GICD_CPENDSGIR		0x0f10
#define GICD_SPENDSGIR		0x0f20
#define GICD_V2_IDREGS		0x0fd0
#define GICD_V2_PIDR2		0x0fe8

#define GICD_SGIR_INTID		0xfU
#define GICD_SGIR_TARGETS_SHIFT	16
#define GICD_SGIR_FILTER	(3U << 24)
#define GICD_SGIR_OTHERS	(1U << 24)
#define GICD_SGIR_SELF		(2U << 24)
/* ICFGR of an SGI: edge-triggered; all 0 where it is Secure, and we are not */
#define GICD_ICFGR_SGIS		0xaaaaaaaaU

#define GICC_CTLR		0x0000
#define GICC_PMR		0x0004
#define GICC_BPR		0x0008
#define GICC_RPR		0x0014
#define GICC_ABPR		0x001c
#define GICC_APR		0x00d0
#define GICC_NSAPR		0x00e0
#define GICC_IIDR		0x00fc

#define GICC_CTLR_ENABLE	(1U << 0)
/* FIQ and IRQ bypass, of both groups: how the interface is wired, the firmware's */
#define GICC_CTLR_BYPASS	0x1e0U
#define GICC_IIDR_ARCH(i)	(((i) >> 16) & 0xf)
#define GICC_NUM_APR		4

/*
 * GICC and GICV are two pages, GICC_DIR in the second; GICH is one. Some machines
 * repeat each page 16 times, for guests with larger ones.
 */
#define GIC_V2_FRAME		0x2000
#define GIC_V2_ALIASES		0x10000

/* The lowest priority value of a cell: a group priority of its own on any GICv2. */
#define GIC_V2_PRIO_MIN		0x10

/* GICv2 has target bits for so many. */
#define GIC_V2_MAX_CPUS		8

struct gicv2 {
	volatile u8 *gicc;
	/*
	 * What wakes a CPU: its registers are banked, so each CPU arms its own, and
	 * a cell does not have this SGI.
	 */
	u32 wake_sgi;
};

extern struct gicv2 gicv2;

/* As gicv3_init(), but for the CPUs: what each is to the GIC, it knows itself. */
int gicv2_init(void);

void gicv2_route_spi(u32 intid, const struct cpu *cpu);

/* The bits of the cell's CPUs in ITARGETSR and SGIR. */
static inline u32 gicv2_targets(const struct gic_cell *cell)
{
	return cell->sgi_targets[0];
}

#endif /* ARM64_GICV2_H */
