// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Arm PrimeCell UART (PL011), and the SBSA generic UART, its subset. */

#include "uart.h"
#include "uart_io.h"

#define UARTDR			0x00
#define UARTFR			0x18
#define UARTFR_TXFF		(1U << 5)
#define UARTIBRD		0x24
#define UARTFBRD		0x28
#define UARTLCR_H		0x2c
#define UARTLCR_H_FEN		(1U << 4)
#define UARTLCR_H_WLEN_8	(3U << 5)
#define UARTCR			0x30
#define UARTCR_UARTEN		(1U << 0)
#define UARTCR_TXE		(1U << 8)
#define UARTCR_RXE		(1U << 9)

static volatile void *pl011_reg(const struct uart *uart, unsigned int offset)
{
	return (volatile u8 *)uart->base + offset;
}

static void pl011_init(const struct uart *uart,
		       const struct jailhouse_console *console)
{
	if (!console->divider)
		return;

	/* The divider counts 16 clocks; LCR_H latches it, hence the order. */
	uart_write32(pl011_reg(uart, UARTCR), 0);
	uart_write32(pl011_reg(uart, UARTIBRD), console->divider);
	uart_write32(pl011_reg(uart, UARTFBRD), 0);
	uart_write32(pl011_reg(uart, UARTLCR_H),
		     UARTLCR_H_WLEN_8 | UARTLCR_H_FEN);
	uart_write32(pl011_reg(uart, UARTCR),
		     UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

static bool pl011_tx_ready(const struct uart *uart)
{
	return !(uart_read32(pl011_reg(uart, UARTFR)) & UARTFR_TXFF);
}

static void pl011_put(const struct uart *uart, char c)
{
	uart_write32(pl011_reg(uart, UARTDR), (u8)c);
}

const struct uart_ops uart_pl011_ops = {
	.init = pl011_init,
	.tx_ready = pl011_tx_ready,
	.put = pl011_put,
};
