/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef ARM64_LIST_REGISTERS_H
#define ARM64_LIST_REGISTERS_H

/* The list registers of a GICv3, ICH_LR<n>_EL2 (IHI 0069, 12.4.8), and which are in use. */

#include <arch/sysreg.h>
#include <cpu/percpu_private.h>

#define ICH_LR_ACTIVE		(1ULL << 63)
#define ICH_LR_PENDING		(1ULL << 62)
#define ICH_LR_HW		(1ULL << 61)
#define ICH_LR_GROUP1		(1ULL << 60)
#define ICH_LR_PRIORITY_SHIFT	48
#define ICH_LR_PINTID_SHIFT	32
#define ICH_LR_VINTID(lr)	((u32)(lr))

#define ICH_VTR_LISTREGS(v)	((u32)(v) & 0x1f)

/* x(n) for each that a GIC can have */
#define LIST_REGISTERS(x)						\
	x(0) x(1) x(2) x(3) x(4) x(5) x(6) x(7)				\
	x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15)

static inline u32 lr_count(void)
{
	return ICH_VTR_LISTREGS(read_sysreg(ich_vtr_el2)) + 1;
}

/* Sets: bit n is ICH_LR<n>_EL2. */

static inline __attribute__((always_inline)) u32 lr_all(void)
{
	return this_percpu()->gic.lr_all;
}

static inline u32 lr_empty(void)
{
	return (u32)read_sysreg(ich_elrsr_el2) & lr_all();
}

static inline __attribute__((always_inline)) u32 lr_used(void)
{
	return ~(u32)read_sysreg(ich_elrsr_el2) & lr_all();
}

/* list_registers.c */
u64 lr_read(u32 n);
/* ELRSR follows at the next ISB. */
void lr_write(u32 n, u64 value);

#endif /* ARM64_LIST_REGISTERS_H */
