// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate.h>

#include "uart.h"

static struct uart uart;
static bool have_uart;
static bool have_hypervisor_console;

static u16 type_of(const char *name)
{
	static const struct {
		char name[8];
		u16 type;
	} types[] = {
		{ "pl011",	JAILHOUSE_CON_TYPE_PL011 },
		{ "8250",	JAILHOUSE_CON_TYPE_8250 },
		{ "xuartps",	JAILHOUSE_CON_TYPE_XUARTPS },
		{ "mvebu",	JAILHOUSE_CON_TYPE_MVEBU },
		{ "imx",	JAILHOUSE_CON_TYPE_IMX },
		{ "lpuart",	JAILHOUSE_CON_TYPE_IMX_LPUART },
	};

	for (u64 n = 0; n < ARRAY_SIZE(types); n++)
		if (!strcmp(name, types[n].name))
			return types[n].type;
	return JAILHOUSE_CON_TYPE_NONE;
}

static void console_init_uart(void)
{
	struct jailhouse_console console = comm_region->console;
	char type[8];

	cmdline_parse_str("con-type", type, sizeof(type), "");
	if (type[0]) {
		console.type = type_of(type);
		console.flags = JAILHOUSE_CON_ACCESS_MMIO |
				JAILHOUSE_CON_REGDIST_4;
		console.divider = 0;
		console.size = PAGE_SIZE;
	}
	console.address = (u64)cmdline_parse_int("con-base",
						 (s64)console.address);

	if (console.type == JAILHOUSE_CON_TYPE_NONE || !console.address)
		return;
	map_range((void *)console.address, console.size ? : PAGE_SIZE,
		  MAP_UNCACHED);
	have_uart = uart_init(&uart, &console, (void *)console.address);
}

void console_init(void)
{
	u32 flags = comm_region->flags;
	bool use;

	console_init_uart();

	/* Permitted is enough where there is no other way to be heard. */
	use = (flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_ACTIVE) ||
	      ((flags & JAILHOUSE_COMM_FLAG_DBG_PUTC_PERMITTED) && !have_uart);
	have_hypervisor_console = cmdline_parse_bool("con-virtual", use);
}

void console_putc(char c)
{
	/* The hypervisor does its own for terminals. */
	if (have_uart) {
		if (c == '\n')
			uart_putc(&uart, '\r');
		uart_putc(&uart, c);
	}
	if (have_hypervisor_console)
		jailhouse_call_arg1(JAILHOUSE_HC_DEBUG_CONSOLE_PUTC, (u8)c);
}
