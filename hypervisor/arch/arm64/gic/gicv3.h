/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_GICV3_H
#define ARM64_GICV3_H

/* Physical GICv3: register layout (Arm IHI 0069, chapter 12) and access. */

#include <arch/sysreg.h>
#include <core/percpu.h>

#define GIC_MAX_INTID		1020

#define GICD_SIZE		0x10000
#define GICD_CTLR		0x0000
#define GICD_TYPER		0x0004
#define GICD_IIDR		0x0008
#define GICD_TYPER2		0x000c
#define GICD_SETSPI_NSR		0x0040
#define GICD_CLRSPI_NSR		0x0048
#define GICD_IGROUPR		0x0080
#define GICD_ISENABLER		0x0100
#define GICD_ICENABLER		0x0180
#define GICD_ISPENDR		0x0200
#define GICD_ICPENDR		0x0280
#define GICD_ISACTIVER		0x0300
#define GICD_ICACTIVER		0x0380
#define GICD_IPRIORITYR		0x0400
#define GICD_ITARGETSR		0x0800
#define GICD_ICFGR		0x0c00
#define GICD_IGRPMODR		0x0d00
#define GICD_IROUTER		0x6000
#define GICD_IROUTER_END	0x8000
#define GICD_IDREGS		0xffd0
#define GICD_PIDR2		0xffe8

#define GICD_CTLR_GRP0		(1U << 0)
#define GICD_CTLR_GRP1		(1U << 1)
#define GICD_CTLR_ARE		(1U << 4)
#define GICD_CTLR_DS		(1U << 6)
#define GICD_CTLR_RWP		(1U << 31)
#define GICD_TYPER_MBIS		(1U << 16)
#define GICD_TYPER_LINES(t)	((((t) & 0x1f) + 1) * 32)
#define GICD_IROUTER_IRM	(1ULL << 31)
#define GIC_PIDR2_ARCH(p)	(((p) >> 4) & 0xf)

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

#define GICR_BASER_ADDRESS	0x000ffffffffff000ULL
#define GICR_CTLR_ENABLE_LPIS	(1U << 0)
#define GICR_CTLR_RWP		(1U << 3)
#define GICR_TYPER_PLPIS	(1ULL << 0)
#define GICR_TYPER_VLPIS	(1ULL << 1)
#define GICR_TYPER_LAST		(1ULL << 4)

/* Group 0 SGI of the hypervisor: no guest can mask, send or see it. */
#define GIC_MGMT_SGI		15
#define GIC_MGMT_BIT		(1U << GIC_MGMT_SGI)

/*
 * A cell's priorities are the lower half, 0x80..0xff, whatever its binary
 * point: the management SGI at 0 preempts any of them. The cell sees them as
 * in the non-secure view of a GIC with two security states (IHI 0069, 4.8.1):
 * shifted by one bit. For four priorities at once:
 */
static inline u32 gic_prio_from_cell(u32 v)
{
	return 0x80808080U | ((v >> 1) & 0x7f7f7f7fU);
}

static inline u32 gic_prio_to_cell(u32 v)
{
	return (v << 1) & 0xfefefefeU;
}

/* Redistributors that may be looked through for those of our CPUs. */
#define GIC_MAX_FRAMES		128

struct gicv3 {
	volatile u8 *gicd;
	volatile u8 *gicr;	/* first redistributor */
	u64 gicd_base, gicr_base; /* guest-physical, and physical */
	u64 gicr_size;		/* of the redistributors mapped */
	struct cpu *cpu_of_frame[GIC_MAX_FRAMES]; /* NULL: of no CPU of ours */
	/* INTIDs of SPIs are 32..lines - 1; 1020..1023 are no interrupts */
	u32 lines;		/* a multiple of 32 */
	u32 clusters;
	u64 cluster_affinity[GIC_MAX_CLUSTERS];	/* as in ICC_SGInR_EL1 */
	/* for read-modify-write of distributor registers */
	spinlock_t lock;
};

extern struct gicv3 gic;

static inline u32 gic_read(volatile void *base, u32 reg)
{
	return *(volatile u32 *)((volatile u8 *)base + reg);
}

static inline void gic_write(volatile void *base, u32 reg, u32 value)
{
	*(volatile u32 *)((volatile u8 *)base + reg) = value;
}

/* A cell's SPI becomes pending. */
static inline void gic_pend_spi(u32 intid)
{
	/* data before the interrupt that tells of it, with caches on or off */
	dsb(st);
	gic_write(gic.gicd, GICD_ISPENDR + intid / 32 * 4, 1U << (intid % 32));
}

static inline u64 gic_read64(volatile void *base, u32 reg)
{
	return *(volatile u64 *)((volatile u8 *)base + reg);
}

static inline void gic_write64(volatile void *base, u32 reg, u64 value)
{
	*(volatile u64 *)((volatile u8 *)base + reg) = value;
}

/*
 * Maps the GIC of the system configuration, checks that it is what we can
 * use, and finds the redistributor of each CPU. Changes nothing. 0 or refused.
 */
int gicv3_init(void);

/* Waits, bounded, until earlier register writes have taken effect. */
void gicd_wait(void);
void gicr_wait(volatile void *gicr);

/* The SPI as after a reset: disabled, idle, group 1, routed to @cpu. */
void gicd_reset_spi(u32 intid, const struct cpu *cpu);
/* The same for this CPU's SGIs and PPIs; the management SGI stays. */
void gicr_reset(volatile void *gicr);

/* A CPU's affinity as GICD_IROUTER has it. */
static inline u64 gic_affinity(const struct cpu *cpu)
{
	return cpu->hw_id;
}

#endif /* ARM64_GICV3_H */
