/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_PRINTK_H
#define LIB_PRINTK_H

#include <jailhouse/types.h>
#include <lib/refuse.h>
#include <stdarg.h>

/*
 * Conversions: %s %d %u %x %lx %lu %llx %llu %lld %zu %%, each with an
 * optional width and the flags '0', '-' and '#'. Always NUL-terminates if
 * size > 0; returns the length that the whole text would have.
 */
size_t fmt_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/* Prints to the hypervisor's console; one call's text is not torn. */
void printk(const char *fmt, ...) __printf(1, 2);

#endif /* LIB_PRINTK_H */
