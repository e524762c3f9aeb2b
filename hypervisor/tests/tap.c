// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

#include <stdarg.h>
#include <string.h>

#include "tap.h"

jmp_buf tap_failed;

static u64 random_state;

void tap_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	longjmp(tap_failed, 1);
}

void tap_check_str(const char *file, int line, const char *what,
		   const char *found, const char *expected)
{
	if (strcmp(found, expected))
		tap_fail(file, line, "%s is \"%s\", not \"%s\"", what, found,
			 expected);
}

int tap_run(const struct tap_test *tests, size_t num)
{
	volatile bool all_ok = true;
	volatile size_t n;

	/* what was said before a sanitizer's abort must be seen */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%zu\n", num);
	for (n = 0; n < num; n++) {
		bool ok = false;

		tap_seed(1);
		if (!setjmp(tap_failed)) {
			tests[n].run();
			ok = true;
		}
		printf("%sok %zu - %s\n", ok ? "" : "not ", n + 1,
		       tests[n].name);
		all_ok = all_ok && ok;
	}
	return all_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

void tap_seed(u64 seed)
{
	random_state = seed;
}

/* splitmix64 */
u64 tap_random(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

u64 tap_below(u64 limit)
{
	return tap_random() % limit;
}
