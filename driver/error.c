// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "error.h"

int error_set(struct jailhouse_error *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	pr_notice("%s\n", err->text);
	return code;
}

int error_interrupted(struct jailhouse_error *err)
{
	return error_set(err, -EINTR, "interrupted by a signal, nothing was changed");
}
