// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "uart_io.h"
#include "uart_regs.h"

/*
 * A character takes 87 us at 115200 baud and a register read at least some
 * 50 ns: enough for a FIFO of 16 to empty.
 */
#define UART_POLL_LIMIT		50000

/* All of it: when this bit of the one register is so, write to the other. */
struct uart_kind {
	u8 data, status;	/* offsets; of a 8250, numbers */
	u8 bit;
	bool ready;		/* the bit's value then */
	u8 shift;		/* from number to offset, if not by flags */
};

static const struct uart_kind uart_kinds[] = {
	/* THR, LSR: transmitter holding register empty */
	[JAILHOUSE_CON_TYPE_8250] = { 0, 5, 5, true, 2 },
	/* UARTDR, UARTFR: TXFF; the SBSA generic UART too, which is a subset */
	[JAILHOUSE_CON_TYPE_PL011] = { 0x00, 0x18, 5, false, 0 },
	/* Cadence. TX_RX_FIFO, Channel_sts: TFUL */
	[JAILHOUSE_CON_TYPE_XUARTPS] = { 0x30, 0x2c, 4, false, 0 },
	/* Armada 3700, the first one. UART_TSH, UART_STAT: TX FIFO full */
	[JAILHOUSE_CON_TYPE_MVEBU] = { 0x04, 0x0c, 11, false, 0 },
	/* i.MX21 and later. UTXD, UTS: TXFULL */
	[JAILHOUSE_CON_TYPE_IMX] = { 0x40, 0xb4, 4, false, 0 },
	/* i.MX7ULP and later: those with VERID first. DATA, STAT: TDRE */
	[JAILHOUSE_CON_TYPE_IMX_LPUART] = { 0x1c, 0x14, 23, true, 0 },
};

static volatile void *reg_addr(const struct uart *uart, unsigned int reg)
{
	return (volatile u8 *)uart->base +
	       (uart->bytes ? reg : reg << uart->kind->shift);
}

void uart_write(const struct uart *uart, unsigned int reg, u32 value)
{
	if (uart->bytes)
		uart_write8(reg_addr(uart, reg), (u8)value);
	else
		uart_write32(reg_addr(uart, reg), value);
}

bool uart_init(struct uart *uart, const struct jailhouse_console *console,
	       volatile void *base)
{
	if (!uart_is_supported(console->type) || !CON_IS_MMIO(console->flags))
		return false;

	uart->kind = &uart_kinds[console->type];
	uart->base = base;
	uart->bytes = console->type == JAILHOUSE_CON_TYPE_8250 &&
		      CON_USES_REGDIST_1(console->flags);
	uart->stuck = false;
	if (console->divider)
		uart_set_up(uart, console);
	return true;
}

bool uart_is_ready(const struct uart *uart)
{
	volatile void *status = reg_addr(uart, uart->kind->status);
	u32 value = uart->bytes ? uart_read8(status) : uart_read32(status);

	return (value >> uart->kind->bit & 1) == uart->kind->ready;
}

static bool uart_wait_ready(struct uart *uart)
{
	unsigned int tries = uart->stuck ? 1 : UART_POLL_LIMIT;

	while (tries--) {
		if (uart_is_ready(uart)) {
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
	uart_write(uart, uart->kind->data, (u8)c);
	return true;
}
