// SPDX-License-Identifier: GPL-2.0-only
// Copyright (c) 2026 The Cellblock developers

/*
 * The compiler needs these four too. No vector registers and no unaligned
 * accesses: they belong to the guests, and fault with the MMU off.
 */

#include <lib/string.h>

typedef u64 __attribute__((may_alias)) word64;
typedef u32 __attribute__((may_alias)) word32;
/* LDP and STP */
typedef unsigned __int128 __attribute__((may_alias, aligned(8))) pair64;

static bool aligned(const void *a, const void *b, size_t to)
{
	return !(((uintptr_t)a | (uintptr_t)b) & (to - 1));
}

void *memset(void *s, int c, size_t n)
{
	u8 *p = s;

	if (aligned(s, s, sizeof(word64))) {
		word64 v = (u8)c * 0x0101010101010101ULL;
		word64 *w = s;

		/* pairs of registers, a cache line each time round */
		for (; n >= 64; n -= 64, w += 8) {
			w[0] = v;
			w[1] = v;
			w[2] = v;
			w[3] = v;
			w[4] = v;
			w[5] = v;
			w[6] = v;
			w[7] = v;
		}
		for (; n >= 8; n -= 8)
			*w++ = v;
		p = (u8 *)w;
	}
	while (n--)
		*p++ = (u8)c;
	return s;
}

void *memcpy(void *restrict d, const void *restrict s, size_t n)
{
	const u8 *from = s;
	u8 *to = d;

	if (aligned(d, s, sizeof(word64))) {
		/* as above */
		for (; n >= 64; n -= 64, to += 64, from += 64) {
			const pair64 *f = (const pair64 *)from;
			pair64 *t = (pair64 *)to;

			t[0] = f[0];
			t[1] = f[1];
			t[2] = f[2];
			t[3] = f[3];
		}
		for (; n >= 8; n -= 8, to += 8, from += 8)
			*(word64 *)to = *(const word64 *)from;
	} else if (aligned(d, s, sizeof(word32)))
		for (; n >= 4; n -= 4, to += 4, from += 4)
			*(word32 *)to = *(const word32 *)from;
	while (n--)
		*to++ = *from++;
	return d;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	const char *end = s;

	while (*end)
		end++;
	return (size_t)(end - s);
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (u8)*a - (u8)*b;
}
