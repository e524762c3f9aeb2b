/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef CORE_CONSOLE_H
#define CORE_CONSOLE_H

#include <jailhouse/console.h>
#include <arch/spinlock.h>
#include <cellblock/loader.h>

extern struct cellblock_shared hv_shared;
extern spinlock_t console_lock;

/*
 * Output goes to the ring that root can read, and to the UART of the system
 * configuration if there is one. init maps the UART; a type that is not
 * supported is told on the ring and otherwise ignored.
 */
int console_init(const struct jailhouse_console *uart);
void console_write(const char *text, size_t len);

#endif /* CORE_CONSOLE_H */
