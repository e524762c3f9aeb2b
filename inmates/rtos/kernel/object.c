// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

_Static_assert(offsetof(osThreadAttr_t, cb_size) == offsetof(osMutexAttr_t, cb_size) &&
	       offsetof(osMemoryPoolAttr_t, mp_mem) == offsetof(osMessageQueueAttr_t, mq_mem) &&
	       offsetof(osMemoryPoolAttr_t, mp_size) == offsetof(osMessageQueueAttr_t, mq_size),
	       "attributes begin alike");

static bool is_good(const osMutexAttr_t *attr, u32 size)
{
	const void *memory = attr->cb_mem;

	if (!memory)
		return !attr->cb_size;
	return attr->cb_size >= size && (uintptr_t)memory % OBJECT_ALIGN == 0 &&
	       in_data(memory, size);
}

void *object_new_at(const void *any_attr, u32 size, const char *call)
{
	const osMutexAttr_t *attr = any_attr;
	struct object *object, *given;

	if (kernel.state == osKernelInactive || refused_apart(call) ||
	    (attr && !is_good(attr, size)))
		return NULL;
	given = attr ? attr->cb_mem : NULL;
	object = given ? given : alloc(size);
	if (!object)
		return NULL;
	memset(object, 0, size);
	object->heap_size = given ? 0 : size;
	object->name = attr ? attr->name : NULL;
	return object;
}

void *object_memory(const void *any_attr, u64 size, u32 *heap_size)
{
	const osMessageQueueAttr_t *attr = any_attr;

	if (attr && attr->mq_mem)
		return attr->mq_size >= size && (uintptr_t)attr->mq_mem % 8 == 0 ?
		       attr->mq_mem : NULL;
	if ((attr && attr->mq_size) || size > 0x7fffffff)
		return NULL;
	*heap_size = (u32)size;
	return alloc(*heap_size);
}

void *call_begin_at(const void *id, enum object_kind kind, u64 *flags, const char *call)
{
	void *object;

	if (refused_apart(call)) {
		*flags = (u64)osErrorISR;
		return NULL;
	}
	*flags = kernel_lock_at(call);
	object = object_get(id, kind);
	if (!object)
		*flags = (u64)call_end(*flags, osErrorParameter);
	return object;
}

osStatus_t call_end(u64 flags, osStatus_t status)
{
	kernel_unlock(flags);
	return status;
}

void object_free(struct object *object)
{
	atomic_set(&object->kind, 0);
	if (object->heap_size)
		alloc_free_locked(object, object->heap_size);
}

void object_drop(struct object *object)
{
	u64 flags = kernel_lock();

	object_free(object);
	kernel_unlock(flags);
}

const char *object_name(const void *id, enum object_kind kind)
{
	const struct object *object = object_get(id, kind);

	return object ? object->name : NULL;
}
