/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_OBJECT_H
#define RTOS_OBJECT_H

#include "kernel.h"

/* What an id is looked at with. Part of kernel.h, inline like lock.h. */

/* The image is in them (the linker script sees to that), and no device. */
#define IMAGE_BLOCK		(4 << 20)
#define OBJECT_ALIGN		16

/*
 * The kind of what may be an object, or may not be mapped: fault.c goes on with
 * 0 after this instruction. It knows it by what no loop of an atomic operation
 * does, a load-exclusive that overwrites its own address.
 */
static inline u32 object_peek(const void *id)
{
	u64 value = (u64)id;

	asm volatile("ldaxr %w0, [%0]" : "+r" (value) : : "memory");
	return (u32)value;
}

#define PEEK_INSTRUCTION	0x885ffc00	/* and Rn, Rt */
#define PEEK_REGISTER(insn)	((insn) & 31)
#define IS_PEEK(insn) \
	(((insn) & 0xfffffc00) == PEEK_INSTRUCTION && \
	 ((insn) >> 5 & 31) == PEEK_REGISTER(insn))

/*
 * NULL unless id is an object of that kind; it may be any value.
 */
static inline void *object_get(const void *id, enum object_kind kind)
{
	u64 offset = (u64)id ^ (INMATE_BASE & ~(u64)(IMAGE_BLOCK - 1));

	if (offset & ~(u64)(IMAGE_BLOCK - OBJECT_ALIGN) ||
	    object_peek(id) != kind)
		return NULL;
	/* which spares the caller's test an instruction */
	if (!id)
		__builtin_unreachable();
	return (void *)(uintptr_t)id;
}

#endif
