/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_MMIO_H
#define INMATE_MMIO_H

#include <jailhouse/types.h>

/**
 * @file
 * Plain loads and stores without write-back, as a hypervisor can emulate them.
 * Device memory: accesses of one CPU to one device stay in order.
 *
 * mmio_read8(), mmio_read16(), mmio_read32() and mmio_read64() take an address
 * that is mapped and aligned to the size, and return the value; mmio_write8() to
 * mmio_write64() take the value after the address.
 */

/** @cond the functions above are made by these */
#define MMIO_READ_FN(name, type, insn, mod)				\
static inline type mmio_read##name(const volatile void *addr)		\
{									\
	u64 value_;							\
	asm volatile(insn " %" mod "0, [%1]"				\
		     : "=r" (value_) : "r" (addr) : "memory");		\
	return (type)value_;						\
}

#define MMIO_WRITE_FN(name, type, insn, mod)				\
static inline void mmio_write##name(volatile void *addr, type value)	\
{									\
	asm volatile(insn " %" mod "0, [%1]"				\
		     : : "rZ" ((u64)value), "r" (addr) : "memory");	\
}

MMIO_READ_FN(8, u8, "ldrb", "w")
MMIO_READ_FN(16, u16, "ldrh", "w")
MMIO_READ_FN(32, u32, "ldr", "w")
MMIO_READ_FN(64, u64, "ldr", "x")
MMIO_WRITE_FN(8, u8, "strb", "w")
MMIO_WRITE_FN(16, u16, "strh", "w")
MMIO_WRITE_FN(32, u32, "str", "w")
MMIO_WRITE_FN(64, u64, "str", "x")

#undef MMIO_READ_FN
#undef MMIO_WRITE_FN
/** @endcond */

#endif /* INMATE_MMIO_H */
