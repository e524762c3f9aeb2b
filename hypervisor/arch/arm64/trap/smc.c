// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

/* Calls to the firmware: the one instruction that the host tests do without. */

#include "smccc.h"

s64 smc_call(u64 fid, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 x0 asm("x0") = fid;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;

	/* SMCCC 1.0 lets the firmware change x0..x17 */
	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
		     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		       "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	return (s64)x0;
}

u64 smc_forward(u64 fid, struct guest_regs *regs)
{
	register u64 x0 asm("x0") = fid;
	register u64 x1 asm("x1") = regs->x[1];
	register u64 x2 asm("x2") = regs->x[2];
	register u64 x3 asm("x3") = regs->x[3];
	register u64 x4 asm("x4") = regs->x[4];
	register u64 x5 asm("x5") = regs->x[5];
	register u64 x6 asm("x6") = regs->x[6];
	register u64 x7 asm("x7") = regs->x[7];

	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4),
		       "+r" (x5), "+r" (x6), "+r" (x7)
		     : : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
		       "x16", "x17", "memory");
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	return x0;
}
