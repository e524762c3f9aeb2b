// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* Intervals whose lengths are known, for ci/bench/selftest. */

#include "marker.h"

#define TIMES	10

int main(void)
{
	for (int n = 0; n < TIMES; n++) {
		BENCH_BEGIN(0);
		BENCH_END(0);
		/* straight code, within one block */
		BENCH_BEGIN(1);
		__asm__ volatile(".rept 100; nop; .endr");
		BENCH_END(1);
		/* a loop of 3 instructions, many blocks */
		BENCH_BEGIN(2);
		__asm__ volatile("mov x0, #1000\n"
				 "1: nop\n"
				 "   subs x0, x0, #1\n"
				 "   b.ne 1b"
				 : : : "x0", "cc");
		BENCH_END(2);
	}
	/* begun twice, ended once */
	BENCH_BEGIN(24);
	BENCH_BEGIN(24);
	BENCH_END(24);
	return 0;
}
