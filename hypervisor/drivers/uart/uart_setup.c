// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The UARTs that are not only used, but can be set up. */

#include "uart_regs.h"

#define UARTIBRD		0x24
#define UARTFBRD		0x28
#define UARTLCR_H		0x2c
#define UARTLCR_H_FEN		(1U << 4)
#define UARTLCR_H_WLEN_8	(3U << 5)
#define UARTCR			0x30
#define UARTCR_UARTEN		(1U << 0)
#define UARTCR_TXE		(1U << 8)
#define UARTCR_RXE		(1U << 9)

static void set_up_pl011(const struct uart *uart, u32 divider)
{
	/* The divider counts 16 clocks; LCR_H latches it, hence the order. */
	uart_write(uart, UARTCR, 0);
	uart_write(uart, UARTIBRD, divider);
	uart_write(uart, UARTFBRD, 0);
	uart_write(uart, UARTLCR_H, UARTLCR_H_WLEN_8 | UARTLCR_H_FEN);
	uart_write(uart, UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

#define UART_DLL		0	/* while LCR.DLAB is set */
#define UART_DLM		1	/* while LCR.DLAB is set */
#define UART_LCR		3
#define UART_LCR_8N1		0x03
#define UART_LCR_DLAB		0x80
#define UART_MDR1		8	/* TI: mode, reset value disables */
#define UART_MDR1_16X		0

static void set_up_8250(const struct uart *uart, u32 divider, u16 flags)
{
	uart_write(uart, UART_LCR, UART_LCR_DLAB);
	uart_write(uart, UART_DLL, (u8)divider);
	uart_write(uart, UART_DLM, (u8)(divider >> 8));
	uart_write(uart, UART_LCR, UART_LCR_8N1);
	if (CON_HAS_MDR_QUIRK(flags))
		uart_write(uart, UART_MDR1, UART_MDR1_16X);
}

void uart_set_up(const struct uart *uart,
		 const struct jailhouse_console *console)
{
	if (console->type == JAILHOUSE_CON_TYPE_PL011)
		set_up_pl011(uart, console->divider);
	if (console->type == JAILHOUSE_CON_TYPE_8250)
		set_up_8250(uart, console->divider, console->flags);
}
