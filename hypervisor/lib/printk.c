// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <core/console.h>
#include <lib/printk.h>

#define LINE_LEN	256

void printk(const char *fmt, ...)
{
	char line[LINE_LEN];
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = fmt_vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	console_write(line, len < sizeof(line) ? len : sizeof(line) - 1);
}
