/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_UART_H
#define CELLBLOCK_UART_H

/*
 * Output-only UART back ends, shared by the hypervisor and the inmates: no
 * allocation, no locking, no printing, bounded polling. The caller maps the
 * registers and serialises the calls.
 */

#include <jailhouse/console.h>

struct uart;

struct uart_ops {
	/*
	 * Prepares the UART for sending. With console->divider 0 the set-up
	 * found is kept, so that a UART in use by somebody else goes on.
	 */
	void (*init)(const struct uart *uart,
		     const struct jailhouse_console *console);
	/* Is there room for one more character? */
	bool (*tx_ready)(const struct uart *uart);
	/* Sends one character; only after tx_ready() said yes. */
	void (*put)(const struct uart *uart, char c);
};

struct uart {
	const struct uart_ops *ops;
	volatile void *base;	/* where the registers are mapped */
	u16 flags;		/* JAILHOUSE_CON_* */
	bool stuck;		/* gave up waiting, not ready since */
};

/*
 * Fills in *uart and prepares the hardware. Returns false, with nothing
 * touched, if there is no back end for console->type or if the registers are
 * not memory-mapped.
 */
bool uart_init(struct uart *uart, const struct jailhouse_console *console,
	       volatile void *base);

/*
 * Sends one character. Waits for room, but not for ever: a UART that does not
 * drain costs one long wait, and then a single look per character until it has
 * recovered. Returns false if the character was dropped.
 */
bool uart_putc(struct uart *uart, char c);

extern const struct uart_ops uart_pl011_ops;
extern const struct uart_ops uart_8250_ops;

#endif /* CELLBLOCK_UART_H */
