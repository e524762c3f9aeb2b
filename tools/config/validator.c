/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>

#include <lib/refuse.h>

#include "config/validator.h"

static char reason[512];

int refuse(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return code;
}

const char *validator_reason(void)
{
	return reason;
}
