// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#define NS_PER_SECOND		1000000000ULL

/* Split, so that the product does not overflow within some years. */
static u64 scale(u64 value, u64 mul, u64 div)
{
	return value / div * mul + value % div * mul / div;
}

u64 timer_ticks_to_ns(u64 ticks)
{
	return scale(ticks, NS_PER_SECOND, timer_get_frequency());
}

u64 timer_ns_to_ticks(u64 ns)
{
	return scale(ns, timer_get_frequency(), NS_PER_SECOND);
}

void delay_us(unsigned long us)
{
	u64 end = timer_get_ticks() + timer_ns_to_ticks(us * 1000ULL);

	while (timer_get_ticks() < end)
		cpu_relax();
}
