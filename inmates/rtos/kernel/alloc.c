// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * The kernel's heap: blocks of a power of two, of 64 bytes and more. A map
 * holds a byte for each 64 bytes; that of a block's first says its order while
 * it is free. Every operation takes a step per order at most.
 */

#include "kernel.h"

#define MIN_SHIFT	6
#define ORDERS		16	/* up to 2 MiB */
#define FREE		0x80

static struct {
	u8 *base;
	u8 *map;
	u32 units;
	struct list free[ORDERS];
} heap;

static u32 unit_of(const void *memory)
{
	return (u32)((const u8 *)memory - heap.base) >> MIN_SHIFT;
}

static struct list *block_of(u32 unit)
{
	return (struct list *)(void *)(heap.base + ((size_t)unit << MIN_SHIFT));
}

static void put(u32 unit, unsigned int order)
{
	heap.map[unit] = (u8)(FREE | order);
	list_add(&heap.free[order], block_of(unit));
}

static void take(u32 unit)
{
	heap.map[unit] = 0;
	list_unlink(block_of(unit));
}

/* Beyond ORDERS if it is too much. */
static unsigned int order_of(u32 size)
{
	if (size <= 1U << MIN_SHIFT)
		return 0;
	return 32U - MIN_SHIFT - (unsigned int)__builtin_clz(size - 1);
}

static void release(u32 unit, unsigned int order)
{
	while (order + 1 < ORDERS) {
		u32 buddy = unit ^ 1U << order;

		if (buddy + (1U << order) > heap.units || heap.map[buddy] != (FREE | order))
			break;
		take(buddy);
		unit &= ~(1U << order);
		order++;
	}
	put(unit, order);
}

void alloc_init(void *memory, u32 size)
{
	u32 map_units;

	for (unsigned int n = 0; n < ORDERS; n++)
		list_init(&heap.free[n]);
	heap.base = memory;
	heap.units = size >> MIN_SHIFT;
	map_units = (heap.units + (1U << MIN_SHIFT) - 1) >> MIN_SHIFT;
	if (heap.units <= map_units) {
		heap.units = 0;
		return;
	}
	/* the map takes the last units */
	heap.units -= map_units;
	heap.map = heap.base + ((size_t)heap.units << MIN_SHIFT);
	memset(heap.map, 0, heap.units);
	for (u32 unit = 0; unit < heap.units; unit++)
		release(unit, 0);
}

void *alloc_locked(u32 size)
{
	unsigned int wanted = order_of(size), order = wanted;
	u32 unit;

	while (order < ORDERS && list_empty(&heap.free[order]))
		order++;
	if (order >= ORDERS)
		return NULL;
	unit = unit_of(heap.free[order].next);
	take(unit);
	while (order > wanted) {
		order--;
		put(unit + (1U << order), order);
	}
	return block_of(unit);
}

void alloc_free_locked(void *memory, u32 size)
{
	release(unit_of(memory), order_of(size));
}

void *alloc(u32 size)
{
	u64 flags = kernel_lock();
	void *memory = alloc_locked(size);

	call_end(flags, osOK);
	return memory;
}
