/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <jailhouse/types.h>

#ifdef CELLBLOCK_HOST
#include <string.h>
#else
/* As in ISO C. */
void *memset(void *s, int c, size_t n);
void *memcpy(void *restrict d, const void *restrict s, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
#endif

#endif /* LIB_STRING_H */
