/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* The PL031 by register accesses, as Linux's rtc-pl031 makes them. */

#include <time.h>

#include "devices/pl031.h"
#include "tests/devices/registers.h"
#include "tests/fixture.h"

#define BASE	0xb1ff000ULL

enum { DR = 0, MR = 4, LR = 8, CR = 0xc, IMSC = 0x10, RIS = 0x14 };

/* Seconds between the clock and @time; one may have gone by. */
static bool is_about(u32 time)
{
	return get(DR) - time <= 2;
}

int main(void)
{
	static struct pl031 clock;

	fixture_reset();
	pl031_init(&clock, &window, BASE);
	check_number(get_id(0xfe0) & 0xfffff, 0x41031, "part and designer");
	check_number(get(CR), 1, "it runs");
	check(is_about((u32)time(NULL)), "its time is root's");
	put(LR, 1000);
	check(is_about(1000), "  or what the guest has set");
	check_number(get(LR), 1000, "  which can be read");
	put(LR, 0xffffffff);
	check(is_about(0xffffffff), "  up to the end of all seconds");
	put(MR, 77);
	put(IMSC, 1);
	check(get(MR) == 77 && !get(RIS), "there is no alarm");
	return fixture_end();
}
