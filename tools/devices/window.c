/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stddef.h>

#include "devices/window.h"

void window_add(struct window *window, struct window_device *device)
{
	device->next = window->devices;
	window->devices = device;
}

static bool has(const struct window_device *device, const struct window_access *access)
{
	u64 offset = access->address - device->base;

	return access->address >= device->base && offset < device->size &&
	       access->size <= device->size - offset && !(offset % access->size);
}

void window_access(struct window *window, struct window_access *access)
{
	u64 mask = access->size < 8 ? (1ULL << 8 * access->size) - 1 : ~0ULL;
	struct window_device *device = window->devices;
	u64 value = ~0ULL;

	while (device && !has(device, access))
		device = device->next;
	if (device && access->is_write)
		device->write(device, access->address - device->base, access->size,
			      access->value & mask);
	else if (device)
		value = device->read(device, access->address - device->base, access->size);
	if (!access->is_write)
		access->value = value & mask;
}

bool window_work(struct window *window)
{
	struct window_device *device;
	bool more = false;

	for (device = window->devices; device; device = device->next)
		if (device->work && device->work(device))
			more = true;
	return more;
}

void window_reset(struct window *window)
{
	struct window_device *device;

	for (device = window->devices; device; device = device->next)
		if (device->reset)
			device->reset(device);
}

void window_resume(struct window *window)
{
	struct window_device *device;

	for (device = window->devices; device; device = device->next)
		if (device->resume)
			device->resume(device);
}

void *window_memory(const struct window *window, u64 address, u64 size)
{
	u64 offset = address - window->bank_base;

	if (address < window->bank_base || offset > window->bank_size ||
	    size > window->bank_size - offset)
		return NULL;
	return window->bank + offset;
}
