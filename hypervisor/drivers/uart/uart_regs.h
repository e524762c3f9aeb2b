/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_UART_REGS_H
#define CELLBLOCK_UART_REGS_H

#include "uart.h"

/* @reg: as in the tables of the UART's kind */
void uart_write(const struct uart *uart, unsigned int reg, u32 value);

/* Speed and format: 8 bits, no parity, 1 stop bit. Only of PL011 and 8250. */
void uart_set_up(const struct uart *uart,
		 const struct jailhouse_console *console);

#endif /* CELLBLOCK_UART_REGS_H */
