/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef BENCH_MARKER_H
#define BENCH_MARKER_H

/*
 * Marks an interval for the counting plugin (count.c), in an inmate, in Linux's
 * user space or in the hypervisor itself; outside of QEMU, or without the
 * plugin, a mark does nothing.
 *
 * A mark is one HINT instruction. The architecture makes a HINT that is not
 * allocated a NOP at every exception level and traps none of them. Allocated
 * are low numbers only: 0-7 (NOP to XPACLRI), 8-15 and 24-31 (pointer
 * authentication), 16-22 (barriers), 32-40 (BTI, PACM, CHKFEAT), 48-51 (store
 * hints of the 2024 extensions). All numbers from 64 on have CRm >= 8, where
 * nothing is allocated, and neither compilers nor Linux emit them:
 *
 *	hint #64 + id	interval id begins
 *	hint #96 + id	interval id ends
 *
 * id is a constant. Intervals 0 to 23 begin and end on the same CPU, and each
 * CPU has its own. Intervals 24 to 31 may end on another CPU.
 */
#define BENCH_IDS		32
#define BENCH_FIRST_GLOBAL	24
#define BENCH_HINT_BEGIN	64
#define BENCH_HINT_END		96

#ifndef __ASSEMBLER__
/* "memory": what is measured stays between the marks. */
#define BENCH_BEGIN(id)						\
	__asm__ volatile("hint	%0" : : "i" (BENCH_HINT_BEGIN + (id)) : "memory")
#define BENCH_END(id)						\
	__asm__ volatile("hint	%0" : : "i" (BENCH_HINT_END + (id)) : "memory")
#endif

#endif /* BENCH_MARKER_H */
