/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PRINTK_H
#define INMATE_PRINTK_H

#include <stdarg.h>

#include <jailhouse/types.h>

/*
 * Formats: %c %s %d %i %u %x %X %p %%, with the lengths l, ll and z, a width
 * (also *) and the flags 0 and -. A call's output is not mixed with that of
 * other CPUs or interrupt handlers.
 */
void __attribute__((format(printf, 1, 2))) printk(const char *fmt, ...);

/* The same without the lock, for reports when the holder may be gone. */
void __attribute__((format(printf, 1, 2))) printk_raw(const char *fmt, ...);
void vprintk_raw(const char *fmt, va_list args);

/* Formats into buf, always terminated; returns the untruncated length. */
int __attribute__((format(printf, 3, 4)))
snprintk(char *buf, size_t size, const char *fmt, ...);
int __attribute__((format(printf, 3, 0)))
vsnprintk(char *buf, size_t size, const char *fmt, va_list args);

/*
 * Finds the console: the UART of the communication region, the hypervisor's
 * debug console, or both. Parameters of the command line come first:
 *	con-type=none|pl011|8250, con-base=ADDRESS	another UART
 *	con-virtual=0|1		the hypervisor's console, if permitted
 */
void console_init(void);
void console_putc(char c);

#endif /* INMATE_PRINTK_H */
