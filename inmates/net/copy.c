// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Copying and adding up of packets. Their parts are at any address: this file
 * is built for unaligned accesses, which normal memory takes with the MMU on.
 */

#include <arch/cc.h>

struct block {
	u64 word[4];
} __attribute__((packed, aligned(1)));

struct word {
	u64 value;
} __attribute__((packed, aligned(1)));

void net_copy(void *dest, const void *src, size_t n)
{
	u8 *d = dest;
	const u8 *s = src;

	for (; n >= sizeof(struct block); n -= sizeof(struct block)) {
		*(struct block *)d = *(const struct block *)s;
		d += sizeof(struct block);
		s += sizeof(struct block);
	}
	for (; n >= sizeof(struct word); n -= sizeof(struct word)) {
		*(struct word *)d = *(const struct word *)s;
		d += sizeof(struct word);
		s += sizeof(struct word);
	}
	while (n--)
		*d++ = *s++;
}

/* One's complement: a carry out of the top comes in at the bottom. */
static u64 add(u64 sum, u64 value)
{
	return sum + value + (sum + value < sum);
}

u16 net_checksum(const void *data, int len)
{
	const u8 *p = data;
	u64 sum = 0, last = 0;

	for (; len >= (int)sizeof(struct word); len -= (int)sizeof(struct word)) {
		sum = add(sum, ((const struct word *)p)->value);
		p += sizeof(struct word);
	}
	for (int n = 0; n < len; n++)
		last |= (u64)p[n] << 8 * n;
	sum = add(sum, last);

	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (u16)(sum + (sum >> 16));
}
