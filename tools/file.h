/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_FILE_H
#define TOOLS_FILE_H

#include <stddef.h>

/*
 * Read the whole file; @what names its role in messages. Returns an exit code;
 * if it is EXIT_DONE, *data (never empty) is to be freed by the caller.
 */
int file_read(const char *what, const char *name, void **data, size_t *size);

/* All that is left in @fd: 0 or an errno. *data is to be freed in both cases. */
int file_read_all(int fd, char **data, size_t *size);

/* The first line of a small file, without its newline; "" of an empty one: 0 or -errno. */
int file_read_line(char *line, size_t size, const char *name);

#endif /* TOOLS_FILE_H */
