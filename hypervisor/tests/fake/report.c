// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* In the place of lib/printk.c and lib/refuse.c, for tests of single parts. */

#include <stdarg.h>

#include <lib/bug.h>
#include <lib/printk.h>

#include "../tap.h"
#include "fake.h"

char fake_refusal[256];
bool fake_bug_expected;
jmp_buf fake_bug_jmp;

void bug(const char *file, int line)
{
	if (fake_bug_expected)
		longjmp(fake_bug_jmp, 1);
	tap_fail(file, line, "BUG");
}

int refuse_record(unsigned int how, const char *sentence, ...)
{
	int code = -(int)(how & REFUSE_CODE);
	va_list ap;

	va_start(ap, sentence);
	vsnprintf(fake_refusal, sizeof(fake_refusal), sentence, ap);
	va_end(ap);
	if (code >= 0)
		tap_fail(__FILE__, __LINE__, "refuse(%d, \"%s\")", code,
			 fake_refusal);
	return code;
}

void fake_forget(void)
{
	fake_refusal[0] = '\0';
}
