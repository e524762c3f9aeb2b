/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
/* In the place of drivers/uart/uart_io.h, which it keeps out by its guard. */
#ifndef CELLBLOCK_UART_IO_H
#define CELLBLOCK_UART_IO_H

#include <jailhouse/types.h>

/* The test's registers */
u32 uart_read32(const volatile void *addr);
void uart_write32(volatile void *addr, u32 value);
u8 uart_read8(const volatile void *addr);
void uart_write8(volatile void *addr, u8 value);

#endif /* CELLBLOCK_UART_IO_H */
