/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_STRING_H
#define INMATE_STRING_H

#include <jailhouse/types.h>

/**
 * @file
 * memset(), memcpy(), memmove(), memcmp(), strlen(), strcmp() and strncmp() as
 * in the C library. They access memory in bytes, but for memcpy().
 */

/** @cond everybody knows them */
void *memset(void *s, int c, size_t n);
void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
int memcmp(const void *s1, const void *s2, size_t n);
size_t strlen(const char *s);
int strcmp(const char *s1, const char *s2);
int strncmp(const char *s1, const char *s2, size_t n);
/** @endcond */

#endif /* INMATE_STRING_H */
