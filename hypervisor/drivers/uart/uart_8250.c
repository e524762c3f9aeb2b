// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* 8250/16550 compatible UARTs with memory-mapped registers. */

#include "uart.h"
#include "uart_io.h"

#define UART_TX			0
#define UART_DLL		0	/* while LCR.DLAB is set */
#define UART_DLM		1	/* while LCR.DLAB is set */
#define UART_LCR		3
#define UART_LCR_8N1		0x03
#define UART_LCR_DLAB		0x80
#define UART_LSR		5
#define UART_LSR_THRE		0x20
#define UART_MDR1		8	/* TI: mode, reset value disables */
#define UART_MDR1_16X		0

static volatile void *reg_addr(const struct uart *uart, unsigned int reg)
{
	unsigned int distance = CON_USES_REGDIST_1(uart->flags) ? 1 : 4;

	return (volatile u8 *)uart->base + reg * distance;
}

static u32 reg_in(const struct uart *uart, unsigned int reg)
{
	if (CON_USES_REGDIST_1(uart->flags))
		return uart_read8(reg_addr(uart, reg));
	return uart_read32(reg_addr(uart, reg));
}

static void reg_out(const struct uart *uart, unsigned int reg, u8 value)
{
	if (CON_USES_REGDIST_1(uart->flags))
		uart_write8(reg_addr(uart, reg), value);
	else
		uart_write32(reg_addr(uart, reg), value);
}

static void uart_8250_init(const struct uart *uart,
			   const struct jailhouse_console *console)
{
	if (!console->divider)
		return;

	reg_out(uart, UART_LCR, UART_LCR_DLAB);
	reg_out(uart, UART_DLL, (u8)console->divider);
	reg_out(uart, UART_DLM, (u8)(console->divider >> 8));
	reg_out(uart, UART_LCR, UART_LCR_8N1);
	if (CON_HAS_MDR_QUIRK(uart->flags))
		reg_out(uart, UART_MDR1, UART_MDR1_16X);
}

static bool uart_8250_tx_ready(const struct uart *uart)
{
	return reg_in(uart, UART_LSR) & UART_LSR_THRE;
}

static void uart_8250_put(const struct uart *uart, char c)
{
	reg_out(uart, UART_TX, (u8)c);
}

const struct uart_ops uart_8250_ops = {
	.init = uart_8250_init,
	.tx_ready = uart_8250_tx_ready,
	.put = uart_8250_put,
};
