// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* In the place of drivers/uart, whose accesses are arm64 instructions. */

#include <drivers/uart/uart.h>

#include "machine.h"

char fake_uart[4096];

bool uart_init(struct uart *uart, const struct jailhouse_console *console,
	       volatile void *base)
{
	if (console->type != JAILHOUSE_CON_TYPE_PL011)
		return false;
	/* not looked into here */
	uart->kind = (const void *)fake_uart;
	uart->base = base;
	return true;
}

bool uart_is_ready(const struct uart *uart)
{
	(void)uart;
	return true;
}

bool uart_putc(struct uart *uart, char c)
{
	static size_t len;

	(void)uart;
	if (len == sizeof(fake_uart) - 1)
		return false;
	fake_uart[len++] = c;
	return true;
}
