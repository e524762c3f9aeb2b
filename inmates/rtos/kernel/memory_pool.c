// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

#define NO_BLOCK		(~0U)

struct memory_pool {
	struct object object;
	u8 *memory;
	u32 block_size;		/* as it was asked for */
	u32 stride;
	u32 capacity;
	u32 used;
	u32 fresh;		/* blocks from here on were never used */
	u32 first_free;		/* each free block holds the next one's number */
	u32 heap_size;
	struct wait_queue waiters;
};

_Static_assert(sizeof(struct memory_pool) <= RTOS_MEMORY_POOL_CB_SIZE, "rtos.h");

osMemoryPoolId_t osMemoryPoolNew(uint32_t block_count, uint32_t block_size,
				 const osMemoryPoolAttr_t *attr)
{
	struct memory_pool *pool;

	if (!block_count || !block_size || block_size > 0x7fffffff)
		return NULL;
	pool = object_new(attr, RTOS_MEMORY_POOL_CB_SIZE);
	if (!pool)
		return NULL;
	pool->block_size = block_size;
	pool->stride = RTOS_MEMORY_POOL_SIZE(1, block_size);
	pool->capacity = block_count;
	pool->first_free = NO_BLOCK;
	wait_queue_init(&pool->waiters);
	pool->memory = object_memory(attr, (u64)pool->stride * pool->capacity,
				     &pool->heap_size);
	if (!pool->memory) {
		object_drop(&pool->object);
		return NULL;
	}
	atomic_set(&pool->object.kind, OBJECT_MEMORY_POOL);
	return pool;
}

const char *osMemoryPoolGetName(osMemoryPoolId_t mp_id)
{
	return object_name(mp_id, OBJECT_MEMORY_POOL);
}

/* Locked. */
static void *take_block(struct memory_pool *pool)
{
	u8 *block;

	if (pool->first_free != NO_BLOCK) {
		block = pool->memory + (size_t)pool->first_free * pool->stride;
		pool->first_free = *(u32 *)(void *)block;
	} else if (pool->fresh < pool->capacity) {
		block = pool->memory + (size_t)pool->fresh++ * pool->stride;
	} else {
		return NULL;
	}
	pool->used++;
	return block;
}

void *osMemoryPoolAlloc(osMemoryPoolId_t mp_id, uint32_t timeout)
{
	struct memory_pool *pool;
	void *block = NULL;
	u64 flags;

	if (timeout && refused_in_isr())
		return NULL;
	flags = kernel_lock();
	pool = object_get(mp_id, OBJECT_MEMORY_POOL);
	if (pool)
		block = take_block(pool);
	if (pool && !block)
		/* who frees one puts it there */
		wait_or_refuse(&pool->waiters, &block, timeout, flags);
	else
		kernel_unlock(flags);
	return block;
}

/* Locked: the number of a block, NO_BLOCK if it is none that is in use. */
static u32 number_of(const struct memory_pool *pool, const void *block)
{
	u64 offset = (u64)block - (u64)pool->memory;

	if (offset % pool->stride || offset / pool->stride >= pool->fresh)
		return NO_BLOCK;
	return (u32)(offset / pool->stride);
}

osStatus_t osMemoryPoolFree(osMemoryPoolId_t mp_id, void *block)
{
	osStatus_t status = osOK;
	struct memory_pool *pool;
	struct thread *waiter;
	u64 flags = kernel_lock();

	pool = object_get(mp_id, OBJECT_MEMORY_POOL);
	if (!pool || number_of(pool, block) == NO_BLOCK) {
		status = osErrorParameter;
	} else if (!pool->used) {
		status = osErrorResource;
	} else {
		waiter = waiting_thread(&pool->waiters);
		if (waiter) {
			*(void **)waiter->wait_data = block;
			wait_end(waiter, (u32)osOK);
		} else {
			*(u32 *)block = pool->first_free;
			pool->first_free = number_of(pool, block);
			pool->used--;
		}
	}
	kernel_unlock(flags);
	return status;
}

uint32_t osMemoryPoolGetCapacity(osMemoryPoolId_t mp_id)
{
	const struct memory_pool *pool = object_get(mp_id, OBJECT_MEMORY_POOL);

	return pool ? pool->capacity : 0;
}

uint32_t osMemoryPoolGetBlockSize(osMemoryPoolId_t mp_id)
{
	const struct memory_pool *pool = object_get(mp_id, OBJECT_MEMORY_POOL);

	return pool ? pool->block_size : 0;
}

uint32_t osMemoryPoolGetCount(osMemoryPoolId_t mp_id)
{
	const struct memory_pool *pool = object_get(mp_id, OBJECT_MEMORY_POOL);

	return pool ? atomic_read(&pool->used) : 0;
}

uint32_t osMemoryPoolGetSpace(osMemoryPoolId_t mp_id)
{
	const struct memory_pool *pool = object_get(mp_id, OBJECT_MEMORY_POOL);

	return pool ? pool->capacity - atomic_read(&pool->used) : 0;
}

osStatus_t osMemoryPoolDelete(osMemoryPoolId_t mp_id)
{
	u64 flags;
	struct memory_pool *pool = call_begin(mp_id, OBJECT_MEMORY_POOL, &flags);

	if (!pool)
		return (osStatus_t)flags;
	wait_wake_all(&pool->waiters, (u32)osErrorResource);
	if (pool->heap_size)
		alloc_free_locked(pool->memory, pool->heap_size);
	object_free(&pool->object);
	return call_end(flags, osOK);
}
