/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DRIVER_PAGES_H
#define DRIVER_PAGES_H

/* Pages of Linux, taken out of its allocator. */

#include <linux/types.h>

struct jailhouse_error;

/**
 * pages_take() - take all pages of a range, or none of them
 * @start: physical address, page-aligned
 * @end: the address after the last; all is RAM of Linux
 * @err: receives the sentence of a refusal
 *
 * Linux moves elsewhere what it has there; that is tried for a while. The
 * content is left as it is.
 *
 * Return: 0, -EINTR on a signal, or another negative errno.
 */
int pages_take(u64 start, u64 end, struct jailhouse_error *err);

/**
 * pages_return() - give pages back
 * @start: as it was taken, or the start of a part of it
 * @end: the address after the last
 */
void pages_return(u64 start, u64 end);

#endif /* DRIVER_PAGES_H */
