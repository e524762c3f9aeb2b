// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* copy.c against the obvious way to do the same. */

#include <string.h>

#include <arch/cc.h>

#include "tap.h"

#define SIZE	300

static u8 from[SIZE], to[SIZE], expected[SIZE];

static void fill(void)
{
	for (size_t n = 0; n < SIZE; n++) {
		from[n] = (u8)tap_random();
		expected[n] = to[n] = (u8)tap_random();
	}
}

TEST(copies_at_any_alignment)
{
	for (size_t d = 0; d < 9; d++)
		for (size_t s = 0; s < 9; s++)
			for (size_t n = 0; n <= 100; n++) {
				fill();
				memcpy(expected + d, from + s, n);
				net_copy(to + d, from + s, n);
				CHECK(!memcmp(to, expected, SIZE));
			}
}

/* RFC 1071, 16 bits at a time. */
static u16 plain_checksum(const u8 *p, size_t len)
{
	u32 sum = 0;

	for (size_t n = 0; n < len; n++) {
		sum += n & 1 ? (u32)p[n] << 8 : p[n];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (u16)((sum & 0xffff) + (sum >> 16));
}

TEST(adds_up_at_any_alignment)
{
	for (size_t start = 0; start < 9; start++)
		for (size_t n = 0; n <= 200; n++) {
			fill();
			CHECK_EQ(net_checksum(from + start, (int)n),
				 plain_checksum(from + start, n));
		}
}

TEST(carries_come_round)
{
	static u8 ones[0xffff];

	memset(ones, 0xff, sizeof(ones));
	for (size_t n = 0; n < sizeof(ones); n += 1 + n / 16)
		CHECK_EQ(net_checksum(ones, (int)n), plain_checksum(ones, n));
	/* as the carry leaves 16 and 32 bits */
	memcpy(ones, (const u8[]){ 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0xff }, 16);
	CHECK_EQ(net_checksum(ones, 16), plain_checksum(ones, 16));
}

TAP_MAIN(
	TAP_TEST(copies_at_any_alignment),
	TAP_TEST(adds_up_at_any_alignment),
	TAP_TEST(carries_come_round)
)
