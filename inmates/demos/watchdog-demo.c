// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * A program that is watched, and hangs after a while.
 *
 * Parameters:
 *	timeout=MILLISECONDS	without a kick, then it has failed (default 1000)
 *	steps=NUMBER		one every 100 ms, then it hangs (default 20)
 */

#include <inmate.h>

void inmate_main(void)
{
	long long steps = cmdline_parse_int("steps", 20);

	watchdog_start((u32)cmdline_parse_int("timeout", 1000));
	printk("%lld steps from here on\n", steps);
	for (; steps; steps--) {
		if (comm_poll(true))
			inmate_exit();
		watchdog_kick();
		delay_us(100000);
	}
	printk("I hang\n");
	for (;;)
		cpu_relax();
}
