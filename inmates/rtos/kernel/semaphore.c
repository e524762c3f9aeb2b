// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

struct semaphore {
	struct object object;
	u32 count;
	u32 max;
	struct wait_queue waiters;
};

_Static_assert(sizeof(struct semaphore) <= RTOS_SEMAPHORE_CB_SIZE, "rtos.h");

osSemaphoreId_t FOR_SIZE osSemaphoreNew(uint32_t max_count, uint32_t initial_count,
					const osSemaphoreAttr_t *attr)
{
	struct semaphore *semaphore;

	if (!max_count || initial_count > max_count)
		return NULL;
	semaphore = object_new(attr, RTOS_SEMAPHORE_CB_SIZE);
	if (!semaphore)
		return NULL;
	semaphore->count = initial_count;
	semaphore->max = max_count;
	wait_queue_init(&semaphore->waiters);
	atomic_set(&semaphore->object.kind, OBJECT_SEMAPHORE);
	return semaphore;
}

const char *osSemaphoreGetName(osSemaphoreId_t semaphore_id)
{
	return object_name(semaphore_id, OBJECT_SEMAPHORE);
}

osStatus_t osSemaphoreAcquire(osSemaphoreId_t semaphore_id, uint32_t timeout)
{
	osStatus_t status = osOK;
	struct semaphore *semaphore;
	u64 flags;

	if (timeout && refused_in_isr())
		return osErrorParameter;
	flags = kernel_lock();
	semaphore = object_get(semaphore_id, OBJECT_SEMAPHORE);
	if (!semaphore) {
		status = osErrorParameter;
	} else if (semaphore->count) {
		semaphore->count--;
	} else {
		return (osStatus_t)wait_or_refuse(&semaphore->waiters, NULL,
						  timeout, flags);
	}
	kernel_unlock(flags);
	return status;
}

osStatus_t osSemaphoreRelease(osSemaphoreId_t semaphore_id)
{
	osStatus_t status = osOK;
	struct semaphore *semaphore;
	u64 flags = kernel_lock();

	semaphore = object_get(semaphore_id, OBJECT_SEMAPHORE);
	if (!semaphore)
		status = osErrorParameter;
	else if (wait_wake_first(&semaphore->waiters, (u32)osOK))
		;
	else if (semaphore->count == semaphore->max)
		status = osErrorResource;
	else
		semaphore->count++;
	kernel_unlock(flags);
	return status;
}

uint32_t osSemaphoreGetCount(osSemaphoreId_t semaphore_id)
{
	const struct semaphore *semaphore = object_get(semaphore_id,
						       OBJECT_SEMAPHORE);

	return semaphore ? atomic_read(&semaphore->count) : 0;
}

osStatus_t osSemaphoreDelete(osSemaphoreId_t semaphore_id)
{
	u64 flags;
	struct semaphore *semaphore = call_begin(semaphore_id, OBJECT_SEMAPHORE, &flags);

	if (!semaphore)
		return (osStatus_t)flags;
	wait_wake_all(&semaphore->waiters, (u32)osErrorResource);
	object_free(&semaphore->object);
	return call_end(flags, osOK);
}
