// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <inmate/string.h>

/*
 * Byte by byte: small, and the compiler must not call what it is building.
 * memcpy() is in memcpy.S.
 */
void *memset(void *s, int c, size_t n)
{
	volatile u8 *p = s;

	while (n--)
		*p++ = (u8)c;
	return s;
}

void *memmove(void *dest, const void *src, size_t n)
{
	volatile u8 *d = dest;
	const u8 *s = src;

	if ((uintptr_t)d - (uintptr_t)s >= n)
		return memcpy(dest, src, n);
	while (n--)
		d[n] = s[n];
	return dest;
}

int memcmp(const void *s1, const void *s2, size_t n)
{
	const u8 *a = s1, *b = s2;

	for (; n; n--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *s)
{
	size_t len = 0;

	while (s[len])
		len++;
	return len;
}

int strcmp(const char *s1, const char *s2)
{
	return strncmp(s1, s2, (size_t)-1);
}

int strncmp(const char *s1, const char *s2, size_t n)
{
	for (; n; n--, s1++, s2++)
		if (*s1 != *s2 || !*s1)
			return (u8)*s1 - (u8)*s2;
	return 0;
}
