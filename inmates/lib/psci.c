// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

long smccc_call(enum smccc_conduit conduit, u32 function, u64 arg1, u64 arg2,
		u64 arg3)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;

	/* before version 1.1 of the convention x4..x17 may be lost */
	if (conduit == SMCCC_SMC)
		asm volatile("smc #0"
			     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
			     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16",
				 "x17", "memory");
	else
		asm volatile("hvc #0"
			     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3)
			     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
				 "x11", "x12", "x13", "x14", "x15", "x16",
				 "x17", "memory");
	return (long)x0;
}
