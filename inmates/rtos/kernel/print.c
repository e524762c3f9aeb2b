// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The console for threads: a mutex keeps lines whole, not masked interrupts. */

#include "kernel.h"

#define LINE_SIZE		256

static struct mutex mutex = {
	.object = { .kind = OBJECT_MUTEX, .name = "console" },
	.attr = osMutexPrioInherit | osMutexRobust,
	.waiters = WAIT_QUEUE(mutex.waiters),
};

void rtos_printf(const char *fmt, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintk(line, sizeof(line), fmt, args);
	va_end(args);
	/* a handler, or before the start */
	if (in_isr() || osMutexAcquire(&mutex, osWaitForever) != osOK) {
		printk("%s", line);
		return;
	}
	for (const char *p = line; *p; p++)
		console_putc(*p);
	osMutexRelease(&mutex);
}
