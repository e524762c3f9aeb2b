// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "uart.h"

/*
 * A character takes 87 us at 115200 baud and a register read at least some
 * 50 ns: enough for a FIFO of 16 to empty.
 */
#define UART_POLL_LIMIT		50000

static const struct uart_ops *uart_ops_of(u16 type)
{
	switch (type) {
	case JAILHOUSE_CON_TYPE_PL011:
		return &uart_pl011_ops;
	case JAILHOUSE_CON_TYPE_8250:
		return &uart_8250_ops;
	default:
		return NULL;
	}
}

bool uart_init(struct uart *uart, const struct jailhouse_console *console,
	       volatile void *base)
{
	const struct uart_ops *ops = uart_ops_of(console->type);

	if (!ops || !CON_IS_MMIO(console->flags))
		return false;

	uart->ops = ops;
	uart->base = base;
	uart->flags = console->flags;
	uart->stuck = false;
	ops->init(uart, console);
	return true;
}

static bool uart_wait_ready(struct uart *uart)
{
	unsigned int tries = uart->stuck ? 1 : UART_POLL_LIMIT;

	while (tries--) {
		if (uart->ops->tx_ready(uart)) {
			uart->stuck = false;
			return true;
		}
	}
	uart->stuck = true;
	return false;
}

bool uart_putc(struct uart *uart, char c)
{
	if (!uart_wait_ready(uart))
		return false;
	uart->ops->put(uart, c);
	return true;
}
