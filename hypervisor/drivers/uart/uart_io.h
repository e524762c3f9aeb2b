/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CELLBLOCK_UART_IO_H
#define CELLBLOCK_UART_IO_H

#include <jailhouse/types.h>

/*
 * In assembly, because a hypervisor can only emulate loads and stores without
 * write-back, and the compiler is free to choose others.
 */
static inline u32 uart_read32(const volatile void *addr)
{
	u32 value;

	asm volatile("ldr %w0, [%1]" : "=r" (value) : "r" (addr));
	return value;
}

static inline void uart_write32(volatile void *addr, u32 value)
{
	asm volatile("str %w0, [%1]" : : "rZ" (value), "r" (addr));
}

static inline u8 uart_read8(const volatile void *addr)
{
	u32 value;

	asm volatile("ldrb %w0, [%1]" : "=r" (value) : "r" (addr));
	return (u8)value;
}

static inline void uart_write8(volatile void *addr, u8 value)
{
	asm volatile("strb %w0, [%1]" : : "rZ" ((u32)value), "r" (addr));
}

#endif /* CELLBLOCK_UART_IO_H */
