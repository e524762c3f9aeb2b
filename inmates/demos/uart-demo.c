// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * Prints on the console of the cell, once per period.
 *
 * Parameters:
 *	period=MILLISECONDS	between two lines (default 1000)
 *	count=LINES		then end (default 0: go on until asked to stop)
 *	text=WORD		what to say (default "Hello")
 * and those of console_init(), which choose the console.
 */

#include <inmate.h>

CMDLINE_BUFFER(256);

static const char *uart_name(void)
{
	switch (comm_region->console.type) {
	case JAILHOUSE_CON_TYPE_NONE:
		return "none";
	case JAILHOUSE_CON_TYPE_8250:
		return "8250";
	case JAILHOUSE_CON_TYPE_PL011:
		return "PL011";
	default:
		return "of another type";
	}
}

void inmate_main(void)
{
	u64 period_ms = (u64)cmdline_parse_int("period", 1000);
	u64 count = (u64)cmdline_parse_int("count", 0);
	char text[32];

	cmdline_parse_str("text", text, sizeof(text), "Hello");

	printk("uart-demo: UART of the cell: %s at 0x%llx; hypervisor's console: %s\n",
	       uart_name(), comm_region->console.address,
	       comm_region->flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE ?
	       "active" :
	       comm_region->flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED ?
	       "permitted" : "not permitted");

	for (u64 line = 1; !count || line <= count; line++) {
		printk("uart-demo: %s %llu\n", text, line);
		if (!comm_wait(period_ms)) {
			printk("uart-demo: asked to stop, goodbye\n");
			return;
		}
	}
	printk("uart-demo: done\n");
}
