// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* CRC-32C, reflected (polynomial 82f63b78h): by the CPU's instruction if it has it. */

#include <libcell/bulk.h>

#if __STDC_HOSTED__ && defined(__aarch64__)
#include <sys/auxv.h>
#endif

#include "port.h"

/* Of each half of a byte: what four shifts with the polynomial make of it. */
static const u32 halves[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362,
	0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab,
	0xe330a81a, 0xf36e6f75,
};

static u32 by_table(u32 crc, const u8 *from, u64 length)
{
	for (; length; length--) {
		crc ^= *from++;
		crc = halves[crc & 15] ^ crc >> 4;
		crc = halves[crc & 15] ^ crc >> 4;
	}
	return crc;
}

#ifdef __aarch64__

static bool has_instruction(void)
{
#if __STDC_HOSTED__
	return getauxval(AT_HWCAP) & HWCAP_CRC32;
#else
	u64 features;

	/* ID_AA64ISAR0_EL1.CRC32 */
	__asm__("mrs %0, ID_AA64ISAR0_EL1" : "=r" (features));
	return features >> 16 & 15;
#endif
}

static u32 by_instruction(u32 crc, const u8 *from, u64 length)
{
	u64 word;

	for (; length >= sizeof(word); length -= sizeof(word), from += sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		__asm__(".arch_extension crc\n\tcrc32cx %w0, %w0, %1" : "+r" (crc) : "r" (word));
	}
	for (; length; length--, from++)
		__asm__(".arch_extension crc\n\tcrc32cb %w0, %w0, %w1" : "+r" (crc) : "r" (*from));
	return crc;
}

u32 channel_crc32c(const void *data, u64 length)
{
	return ~(has_instruction() ? by_instruction(~0U, data, length) :
				     by_table(~0U, data, length));
}

#else

u32 channel_crc32c(const void *data, u64 length)
{
	return ~by_table(~0U, data, length);
}

#endif
