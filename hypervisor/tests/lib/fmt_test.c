// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* lib/fmt.c against the C library. */

#include <lib/printk.h>
#include <string.h>

#include "tap.h"

static char found[128], expected[128];

static __printf(3, 4) size_t
fmt_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = fmt_vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return len;
}

/* Formats by both and compares text and length. */
#define SAME(...)							\
	do {								\
		size_t len_ = fmt_snprintf(found, sizeof(found),	\
					   __VA_ARGS__);		\
									\
		CHECK_EQ(len_, snprintf(expected, sizeof(expected),	\
					__VA_ARGS__));			\
		CHECK_STR(found, expected);				\
	} while (0)

static const u64 numbers[] = {
	0, 1, 9, 10, 255, 4096, 0x7fffffff, 0x80000000, 0xffffffff,
	0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
	0xffffffffffffffff,
};

TEST(numbers_of_all_sizes)
{
	for (size_t n = 0; n < ARRAY_SIZE(numbers); n++) {
		u64 v = numbers[n];

		SAME("%d %d", (int)v, (int)(0 - v / 2));
		SAME("%u %x", (unsigned int)v, (unsigned int)v);
		SAME("%lu %lx", (unsigned long)v, (unsigned long)v);
		SAME("%llu %llx %lld", v, v, (long long)v);
		SAME("%zu", (size_t)v);
		SAME("[%ld]", (long)v);
	}
}

TEST(flags_and_widths)
{
	static const char *const flags[] = {
		"", "-", "0", "#", "-#", "#-", "0#", "#0", "-0",
	};
	static const char *const conversions[] = { "llx", "lld", "llu" };
	char fmt[32];

	for (size_t f = 0; f < ARRAY_SIZE(flags); f++)
		for (size_t c = 0; c < ARRAY_SIZE(conversions); c++)
			for (unsigned int width = 1; width < 26; width++)
				for (size_t n = 0; n < ARRAY_SIZE(numbers);
				     n++) {
					bool hash = strchr(flags[f], '#');

					/* # means nothing for decimals */
					if (hash && c)
						continue;
					snprintf(fmt, sizeof(fmt), "<%%%s%u%s>",
						 flags[f], width,
						 conversions[c]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
					SAME(fmt, numbers[n]);
#pragma GCC diagnostic pop
				}
}

TEST(strings)
{
	const char *volatile none = NULL; /* not seen through by the compiler */

	SAME("%s", "");
	SAME("%s|%10s|%-10s|%2s", "cell", "cell", "cell", "cell");
	SAME("100%%");
	CHECK_EQ(fmt_snprintf(found, sizeof(found), "%s", none), 6);
	CHECK_STR(found, "(null)");
}

TEST(never_writes_beyond_the_buffer)
{
	static const char text[] = "CPU 3 of \"cell\"";

	for (size_t size = 0; size < sizeof(text) + 3; size++) {
		/* from the heap: the sanitizer sees its end */
		char *buf = malloc(size ? size : 1);
		size_t len;

		CHECK(buf);
		buf[0] = '#';
		len = fmt_snprintf(buf, size, "CPU %d of \"%s\"", 3, "cell");
		CHECK_EQ(len, sizeof(text) - 1);
		if (!size)
			CHECK_EQ(buf[0], '#');
		else if (size <= len)
			CHECK(strlen(buf) == size - 1 &&
			      !memcmp(buf, text, size - 1));
		else
			CHECK_STR(buf, text);
		free(buf);
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"
TEST(bad_formats_end_safely)
{
	CHECK_EQ(fmt_snprintf(found, sizeof(found), "a%"), 1);
	CHECK_STR(found, "a");
	CHECK_EQ(fmt_snprintf(found, sizeof(found), "a%08l"), 1);
	CHECK_STR(found, "a");
	CHECK_EQ(fmt_snprintf(found, sizeof(found), "%q"), 1);
	CHECK_STR(found, "q");
}
#pragma GCC diagnostic pop

TAP_MAIN(
	TAP_TEST(numbers_of_all_sizes),
	TAP_TEST(flags_and_widths),
	TAP_TEST(strings),
	TAP_TEST(never_writes_beyond_the_buffer),
	TAP_TEST(bad_formats_end_safely)
)
