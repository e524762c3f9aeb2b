/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_UNPACK_H
#define TOOLS_UNPACK_H

#include <stddef.h>

/*
 * A kernel file that gzip has compressed, or an EFI program with such a kernel in it,
 * is replaced by its Image (*data is freed and made anew); others stay as they are.
 * EXIT_DONE, or EXIT_REFUSED (said).
 */
int unpack_kernel(const char *name, void **data, size_t *size);

#endif /* TOOLS_UNPACK_H */
