/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_GIC_H
#define ARM64_GIC_H

/*
 * The physical GIC, as far as all versions are alike: registers of the
 * distributor (Arm IHI 0069, 12.9), and access to them.
 */

#include <arch/sysreg.h>
#include <core/percpu.h>

#define GIC_MAX_INTID		1020
#define GIC_SGIS		16

#define GICD_CTLR		0x0000
#define GICD_TYPER		0x0004
#define GICD_IIDR		0x0008
#define GICD_TYPER2		0x000c
#define GICD_SETSPI_NSR		0x0040
#define GICD_CLRSPI_NSR		0x0048
#define GICD_SPI_NSR_INTID	0x3ffU
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

/* bytes of each kind from IGROUPR to ICACTIVER: a bit for each of 1024 INTIDs */
#define GICD_BITS_SIZE		0x80

#define GIC_PIDR2_ARCH(p)	(((p) >> 4) & 0xf)
#define GICD_CTLR_GRP1		(1U << 1)
#define GICD_CTLR_DS		(1U << 6)	/* GICv3: one security state */
#define GICD_CTLR_RWP		(1U << 31)	/* always 0 before GICv3 */
#define GICD_TYPER_ESPI		(0x1fU << 27 | 1U << 8)	/* SPIs from INTID 4096 on, and how many */
#define GICD_TYPER_MBIS		(1U << 16)
#define GICD_TYPER_LINES(t)	((((t) & 0x1f) + 1) * 32)

/*
 * What wakes a CPU is an ordinary interrupt, made pending for it by irq_kick(): one
 * that Linux uses on each CPU, so it is not the firmware's. A cell has it as well.
 */
#define GIC_WAKE_SGI		0
#define GIC_WAKE_BIT		(1U << GIC_WAKE_SGI)
#define GIC_PRIO_WAKE		0
/* On a shared CPU: root's from there on, the others' below */
#define GIC_PRIO_ROOT		0x80
/* of CNTHP, EL2's timer; and of CNTV and CNTP, which are the guest's that has the CPU */
#define GIC_ALARM_PPI		26
#define GIC_VIRTUAL_TIMER	27
#define GIC_PHYSICAL_TIMER	30
#define GIC_TIMERS		(1U << GIC_VIRTUAL_TIMER | 1U << GIC_PHYSICAL_TIMER)
#define GIC_PRIO_MASK		0xffU	/* of one INTID */

/* Parts whose registers no cell has mapped. */
enum gic_parts {
	GIC_DIST,		/* distributor */
	GIC_REDIST,		/* GICv3: the redistributors that are mapped */
	GIC_CPU_INTERFACE,	/* GICv2: GICC, which no region maps: all cells have it */
	GIC_VIRTUAL_CONTROL,	/* GICv2: GICH */
	GIC_VIRTUAL_INTERFACE,	/* GICv2: GICV */
	GIC_NUM_PARTS
};

struct gic {
	/* for read-modify-write of distributor registers */
	spinlock_t lock;
	volatile u8 *gicd;
	/* guest-physical, and physical; size 0: the GIC has none */
	struct {
		u64 base, size;
	} part[GIC_NUM_PARTS];
	/* INTIDs of SPIs are 32..lines - 1; 1020..1023 are no interrupts */
	u32 lines;		/* a multiple of 32 */
	/* SGIs and PPIs that cells have in GICD, banked; 0: they are not there */
	u32 banked;
	/*
	 * Priority 0 is the wake-up's: the lowest value that a cell can write, a
	 * power of two.
	 */
	u8 prio_min;
};

extern struct gic gic;

static inline u32 gic_read(volatile void *base, u32 reg)
{
	return *(volatile u32 *)((volatile u8 *)base + reg);
}

static inline void gic_write(volatile void *base, u32 reg, u32 value)
{
	*(volatile u32 *)((volatile u8 *)base + reg) = value;
}

/* An INTID's bit of a register that takes what is 1. */
static inline __attribute__((always_inline)) void
gic_write_bit(volatile void *base, u32 reg, u32 intid)
{
	gic_write(base, reg + intid / 32 * 4, 1U << intid % 32);
}

static inline u64 gic_read64(volatile void *base, u32 reg)
{
	return *(volatile u64 *)((volatile u8 *)base + reg);
}

static inline void gic_write64(volatile void *base, u32 reg, u64 value)
{
	*(volatile u64 *)((volatile u8 *)base + reg) = value;
}

/* Reads of a register until a write has taken effect; hardware needs a handful. */
#define GIC_RWP_POLLS		100000

/* Waits, bounded, until earlier register writes have taken effect. */
void gicd_wait(void);

/* The SPI as after a reset: disabled, idle, routed to @cpu. */
void gicd_reset_spi(u32 intid, const struct cpu *cpu);

/*
 * SGIs and PPIs, which are disabled, as after a reset. @frame: GICD, or the SGI frame
 * of a redistributor.
 */
void gic_reset_private(volatile u8 *frame);

#endif /* ARM64_GIC_H */
