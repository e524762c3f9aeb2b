// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "kernel.h"

/* Of the linker script: objects live in the program's data. */
extern char rodata_end[], image_end[];

const union attributes no_attr;

void *object_new(const char *name, void *cb_mem, u32 cb_size, u32 need, u32 size)
{
	struct object *object = cb_mem;
	char *p = cb_mem;

	if (cb_mem) {
		if (cb_size < need || (uintptr_t)cb_mem % 16 ||
		    p < rodata_end || p >= image_end)
			return NULL;
	} else {
		if (cb_size)
			return NULL;
		object = alloc(size);
		if (!object)
			return NULL;
	}
	memset(object, 0, size);
	object->heap_size = cb_mem ? 0 : size;
	object->name = name;
	return object;
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
