/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef FAKE_GIC_H
#define FAKE_GIC_H

#include "machine.h"

/*
 * Registers of a GIC that are plain memory: a test sees what was written to
 * them, bit by bit. Sizes and places are those of the sample configuration:
 * INTIDs 32..191, a redistributor for each CPU.
 */

#define FAKE_LINES		192
#define FAKE_GICR_FRAME		0x20000

struct fake_gic {
	u8 gicd[0x10000];
	u8 gicr[FAKE_CPUS][FAKE_GICR_FRAME];
	u8 gicc[0x2000];
};

extern struct fake_gic fake_gic;
/* EnableLPIs does not become 0 again. */
extern bool fake_lpis_stay;

/* One security state, affinity routing, each CPU's affinity in its frame. */
void fake_gic_init(void);

/*
 * A GICv2 instead, with its places in the configuration. What is banked in hardware is
 * there once.
 */
#define FAKE_GICC		0x08010000ULL
#define FAKE_GICH		0x08030000ULL
#define FAKE_GICV		0x08040000ULL
void fake_gicv2_init(void);

/* fake_init() refuses: @sentence says why; nothing of the GIC has been changed. */
void fake_gic_refused(const char *sentence);

static inline u32 fake_gic_read(const u8 *base, u32 reg)
{
	return *(const volatile u32 *)(base + reg);
}

static inline void fake_gic_write(u8 *base, u32 reg, u32 value)
{
	*(volatile u32 *)(base + reg) = value;
}

#endif /* FAKE_GIC_H */
