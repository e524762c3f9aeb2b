// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/* lib/string.c, whose functions are called cb_* here, against the C library. */

#include <string.h>

#include "tap.h"

void *cb_memset(void *s, int c, size_t n);
void *cb_memcpy(void *restrict d, const void *restrict s, size_t n);
int cb_memcmp(const void *a, const void *b, size_t n);
size_t cb_strlen(const char *s);
int cb_strcmp(const char *a, const char *b);

#define SIZE	300

static u8 from[SIZE], to[SIZE], expected[SIZE];

static void fill_random(void)
{
	for (size_t n = 0; n < SIZE; n++) {
		from[n] = (u8)tap_random();
		expected[n] = to[n] = (u8)tap_random();
	}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

TEST(memset_fills_exactly_the_range)
{
	for (size_t start = 0; start < 16; start++)
		for (size_t n = 0; n <= 200; n++) {
			fill_random();
			memset(expected + start, 0xa5, n);
			CHECK(cb_memset(to + start, 0xfa5, n) == to + start);
			CHECK(!memcmp(to, expected, SIZE));
		}
}

TEST(memcpy_copies_at_any_alignment)
{
	for (size_t d = 0; d < 9; d++)
		for (size_t s = 0; s < 9; s++)
			for (size_t n = 0; n <= 100; n++) {
				fill_random();
				memcpy(expected + d, from + s, n);
				CHECK(cb_memcpy(to + d, from + s, n) == to + d);
				CHECK(!memcmp(to, expected, SIZE));
			}
}

TEST(memcmp_finds_the_first_difference)
{
	for (size_t n = 1; n < 50; n++)
		for (size_t at = 0; at < n; at++) {
			fill_random();
			memcpy(to, from, SIZE);
			CHECK_EQ(cb_memcmp(from, to, n), 0);
			to[at] = (u8)(to[at] + 1 + tap_below(255));
			to[n - 1] = (u8)(at == n - 1 ? to[at] : tap_random());
			CHECK_EQ(sign(cb_memcmp(from, to, n)),
				 sign(memcmp(from, to, n)));
			CHECK_EQ(cb_memcmp(from, to, at), 0);
		}
	CHECK_EQ(cb_memcmp(from, to, 0), 0);
}

TEST(strings)
{
	static const char *const texts[] = {
		"", "a", "b", "ab", "abc", "abd", "\x7f", "\x80", "\xff",
	};

	for (size_t n = 0; n < ARRAY_SIZE(texts); n++) {
		CHECK_EQ(cb_strlen(texts[n]), strlen(texts[n]));
		for (size_t m = 0; m < ARRAY_SIZE(texts); m++)
			CHECK_EQ(sign(cb_strcmp(texts[n], texts[m])),
				 sign(strcmp(texts[n], texts[m])));
	}
}

TAP_MAIN(
	TAP_TEST(memset_fills_exactly_the_range),
	TAP_TEST(memcpy_copies_at_any_alignment),
	TAP_TEST(memcmp_finds_the_first_difference),
	TAP_TEST(strings)
)
