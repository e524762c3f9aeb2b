// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Stacks of threads: the guard page, the mark at the end, the high-water mark. */

#include "kernel.h"

#define PATTERN			0x5354414b5354414bULL

extern char rodata_end[], image_end[];

bool in_data(const void *memory, u32 size)
{
	u64 offset = (u64)memory - (u64)rodata_end, all = (u64)image_end - (u64)rodata_end;

	return offset < all && size <= all - offset;
}

/* The memory must be of the image, which is mapped in pages. */
static bool is_usable(const void *memory, u32 size)
{
	return (uintptr_t)memory % 16 == 0 && size >= RTOS_STACK_MIN && in_data(memory, size);
}

/* A block of the heap: with the guard, a power of two. */
static void *of_heap(struct thread *thread, u32 size)
{
	u32 total = PAGE_SIZE;

	if (!size)
		size = rtos_config.stack_size;
	if (size > 1 << 20)
		return NULL;
	while (total < size + PAGE_SIZE)
		total *= 2;
	thread->stack_heap_size = total;
	thread->stack_heap = alloc(total);
	return thread->stack_heap;
}

bool stack_set(struct thread *thread, void *given, u32 size)
{
	void *memory = given ? given : of_heap(thread, size);
	uintptr_t page, end;

	if (!given)
		size = thread->stack_heap_size;
	if (!is_usable(memory, size))
		return false;
	page = ((uintptr_t)memory + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1UL);
	end = (uintptr_t)memory + size;
	thread->stack = memory;
	if (page + PAGE_SIZE + RTOS_STACK_MIN <= end) {
		thread->guard = (u8 *)page;
		thread->stack = (u8 *)page + PAGE_SIZE;
		unmap_range(thread->guard, PAGE_SIZE);
	}
	end &= ~15UL;
	thread->stack_size = (u32)(end - (uintptr_t)thread->stack);
	thread->stack_given = given ? size : thread->stack_size;
	for (u64 *p = (u64 *)(void *)thread->stack; p < (u64 *)end; p++)
		*p = PATTERN;
	return true;
}

void stack_free(struct thread *thread)
{
	if (thread->guard)
		map_range(thread->guard, PAGE_SIZE, MAP_CACHED);
	if (thread->stack_heap)
		alloc_free_locked(thread->stack_heap, thread->stack_heap_size);
}

bool stack_intact(const struct thread *thread)
{
	const u64 *end = (const u64 *)(const void *)thread->stack;

	return !end || (end[0] == PATTERN && thread->context.sp >= (u64)end);
}

bool stack_guards(const struct thread *thread, u64 address)
{
	return thread->guard && address >= (u64)thread->guard &&
	       address < (u64)thread->guard + PAGE_SIZE;
}

uint32_t osThreadGetStackSize(osThreadId_t thread_id)
{
	const struct thread *thread = object_get(thread_id, OBJECT_THREAD);

	return thread && !refused_in_isr() ? thread->stack_given : 0;
}

uint32_t osThreadGetStackSpace(osThreadId_t thread_id)
{
	const struct thread *thread = object_get(thread_id, OBJECT_THREAD);
	const u64 *p;
	u32 space = 0;

	if (!thread || refused_in_isr())
		return 0;
	p = (const u64 *)(const void *)thread->stack;
	while (space < thread->stack_size && p[space / 8] == PATTERN)
		space += 8;
	return space;
}
