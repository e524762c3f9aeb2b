/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include <jailhouse/types.h>
#include <stdarg.h>

#define __printf(f, a)	__attribute__((format(printf, f, a)))

/*
 * Conversions: %s %d %u %x %lx %lu %llx %llu %lld %zu %%, each with an
 * optional width and the flags '0', '-' and '#'. Always NUL-terminates if
 * size > 0; returns the length that the whole text would have.
 */
size_t fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/* Prints to the hypervisor's console; one call's text is not torn. */
void printk(const char *fmt, ...) __printf(1, 2);

/*
 * Records why the current request is refused, for root to read, and returns
 * @code (a negative errno): "return refuse(-EBUSY, "CPU %u ...", cpu);".
 * A sentence without a full stop: what is wrong, where, what to do.
 * Host programs that link core/config.c provide their own.
 */
int refuse(int code, const char *fmt, ...) __printf(2, 3);

/* -ENOMEM, refused: the page pool is empty. */
int refuse_memory(void);

#endif /* LIB_PRINTK_H */
