/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef JAILHOUSE_TYPES_H
#define JAILHOUSE_TYPES_H

/*
 * Fixed-width types for the hypervisor, its inmates and its configurations.
 * Host programs that also need the C library's headers get the same names
 * from it, so that both can be included in either order.
 */

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int8_t s8;
typedef uint8_t u8;
typedef int16_t s16;
typedef uint16_t u16;
typedef int32_t s32;
typedef uint32_t u32;
/* unsigned long long on every host: one printf format everywhere */
typedef long long s64;
typedef unsigned long long u64;

typedef s8 __s8;
typedef u8 __u8;
typedef s16 __s16;
typedef u16 __u16;
typedef s32 __s32;
typedef u32 __u32;
typedef s64 __s64;
typedef u64 __u64;
#endif

#ifndef __packed
#define __packed		__attribute__((packed))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#endif

#endif /* JAILHOUSE_TYPES_H */
