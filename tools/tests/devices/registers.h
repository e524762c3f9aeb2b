/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TESTS_DEVICES_REGISTERS_H
#define TESTS_DEVICES_REGISTERS_H

/* A PrimeCell by accesses of its registers. */

#include "devices/window.h"

/* which has no other device */
static struct window window;

static inline u32 get(u64 offset)
{
	struct window_access access = {
		.address = window.devices->base + offset, .size = 4, .value = 0x55
	};

	window_access(&window, &access);
	return (u32)access.value;
}

static inline void put_sized(u64 offset, u64 value, unsigned int size)
{
	struct window_access access = {
		.address = window.devices->base + offset, .size = size, .value = value,
		.is_write = true
	};

	window_access(&window, &access);
}

static inline void put(u64 offset, u32 value)
{
	put_sized(offset, value, 4);
}

/* Of four registers, each of which has a byte. */
static inline u32 get_id(u64 offset)
{
	u32 id = 0;

	for (unsigned int n = 0; n < 4; n++)
		id |= get(offset + 4 * (u64)n) << 8 * n;
	return id;
}

#endif /* TESTS_DEVICES_REGISTERS_H */
