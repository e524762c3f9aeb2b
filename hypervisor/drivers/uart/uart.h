/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_UART_H
#define CELLBLOCK_UART_H

/*
 * Output-only UARTs, shared by the hypervisor and the inmates: no allocation,
 * no locking, no printing, bounded polling. The caller maps the registers and
 * serialises the calls.
 */

#include <jailhouse/console.h>

/* Those that uart_init() accepts. Driver and config-check ask too. */
static inline bool uart_is_supported(u16 type)
{
	const u32 supported = 1U << JAILHOUSE_CON_TYPE_8250 |
			      1U << JAILHOUSE_CON_TYPE_PL011 |
			      1U << JAILHOUSE_CON_TYPE_XUARTPS |
			      1U << JAILHOUSE_CON_TYPE_MVEBU |
			      1U << JAILHOUSE_CON_TYPE_IMX |
			      1U << JAILHOUSE_CON_TYPE_IMX_LPUART;

	return type < 32 && (supported >> type & 1);
}

struct uart_kind;

struct uart {
	const struct uart_kind *kind;
	volatile void *base;	/* where the registers are mapped */
	bool bytes;		/* registers are of 8 bits, 1 byte apart */
	bool stuck;		/* gave up waiting, not ready since */
};

/*
 * Fills in *uart and prepares the hardware. With console->divider 0 the set-up
 * found is kept, so that a UART in use by somebody else goes on; the divider is
 * for PL011 and 8250, others are always taken as they are. Returns false, with
 * nothing touched, if the type is not supported or the registers are not
 * memory-mapped.
 */
bool uart_init(struct uart *uart, const struct jailhouse_console *console,
	       volatile void *base);

/* Is there room for one more character? */
bool uart_is_ready(const struct uart *uart);

/*
 * Sends one character. Waits for room, but not for ever: a UART that does not
 * drain costs one long wait, and then a single look per character until it has
 * recovered. Returns false if the character was dropped.
 */
bool uart_putc(struct uart *uart, char c);

#endif /* CELLBLOCK_UART_H */
