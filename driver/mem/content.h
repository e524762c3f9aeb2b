/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_CONTENT_H
#define DRIVER_CONTENT_H

/* What memory contains, also for those who read it with their caches off. */

#include <linux/types.h>

/**
 * content_zero() - zero memory, out of the caches too
 * @start: physical address
 * @end: the address after the last
 *
 * Context: no lock needed; may sleep.
 * Return: 0, or -ENOMEM if not all of it could be mapped.
 */
int content_zero(u64 start, u64 end);

/**
 * content_flush() - clean and invalidate memory in all caches
 * @from: kernel address
 * @size: bytes
 *
 * Who reads the memory uncached afterwards sees what was written, and what was
 * written uncached is read by this kernel.
 *
 * Context: any, no lock needed.
 */
void content_flush(const void *from, size_t size);

#endif /* DRIVER_CONTENT_H */
