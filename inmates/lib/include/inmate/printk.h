/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_PRINTK_H
#define INMATE_PRINTK_H

#include <stdarg.h>

#include <jailhouse/types.h>

/**
 * @file
 * Text on the console.
 *
 * Formats: %%c %%s %%d %%i %%u %%x %%X %%p %%%%, with the lengths l, ll and z, a
 * width (also *) and the flags 0 and -.
 */

/**
 * Prints. Not mixed with what other CPUs or interrupt handlers print; cut after
 * 255 characters.
 *
 * @param fmt	format
 * @param ...	its arguments
 */
void __attribute__((format(printf, 1, 2))) printk(const char *fmt, ...);

/**
 * The same without the lock, for reports when the holder may be gone.
 *
 * @param fmt	format
 * @param ...	its arguments
 */
void __attribute__((format(printf, 1, 2))) printk_raw(const char *fmt, ...);

/**
 * printk_raw() with a list of arguments.
 *
 * @param fmt	format
 * @param args	its arguments
 */
void vprintk_raw(const char *fmt, va_list args);

/**
 * Formats into a buffer, always terminated.
 *
 * @param buf	gets the text
 * @param size	of it, at least 1
 * @param fmt	format
 * @param ...	its arguments
 * @return the length that the text would have in a buffer that is large enough
 */
int __attribute__((format(printf, 3, 4)))
snprintk(char *buf, size_t size, const char *fmt, ...);

/**
 * snprintk() with a list of arguments.
 *
 * @param buf	gets the text
 * @param size	of it, at least 1
 * @param fmt	format
 * @param args	its arguments
 * @return as snprintk()
 */
int __attribute__((format(printf, 3, 0)))
vsnprintk(char *buf, size_t size, const char *fmt, va_list args);

/**
 * Finds the console: the UART of the communication region, the hypervisor's
 * debug console, or both. Called before inmate_main().
 *
 * Parameters of the command line come first:
 * - con-type=none|pl011|8250|xuartps|mvebu|imx|lpuart, con-base=ADDRESS:
 *   another UART
 * - con-virtual=0|1: the hypervisor's console, if permitted
 */
void console_init(void);

/**
 * Prints a character, without the lock.
 *
 * @param c	any; on a UART a newline comes after a carriage return
 */
void console_putc(char c);

#endif /* INMATE_PRINTK_H */
