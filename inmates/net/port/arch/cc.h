/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef NET_ARCH_CC_H
#define NET_ARCH_CC_H

/* lwIP's view of the inmate library: there is no C library. */

#include <jailhouse/types.h>

#include <inmate/string.h>

void __attribute__((noreturn, format(printf, 1, 2))) panic(const char *fmt, ...);

#define LWIP_NO_INTTYPES_H		1
#define LWIP_NO_UNISTD_H		1
#define LWIP_NO_CTYPE_H			1
#define SSIZE_MAX			INT_MAX
typedef long ssize_t;

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x)		panic("lwIP: %s", x)

/* 16-bit sum of len bytes, as they are in memory. */
u16 net_checksum(const void *data, int len);
#define LWIP_CHKSUM			net_checksum

void net_copy(void *dest, const void *src, size_t n);
#define MEMCPY(dest, src, n)		net_copy(dest, src, n)

#endif /* NET_ARCH_CC_H */
