/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_SOURCE_H
#define TOOLS_SOURCE_H

/* What C sources of configurations are made of. */

#include <stdio.h>

#include <jailhouse/cell-config.h>

/*
 * Names come from the device tree: nothing in the text may end a comment. Valid
 * until the next call.
 */
const char *source_comment(const char *text);

/* A string literal; @text is printable. */
void source_string(FILE *out, const char *text);

/* The fields of a console that there is, at UART_BASE, each in a line with three tabs. */
void source_console(FILE *out, const struct jailhouse_console *console);

/* The flags of a memory region, as part of a macro: indented, no newline at their end. */
void source_access(FILE *out, u64 flags);

/* A memory region as one line, no newline at its end. */
void source_region(FILE *out, const struct jailhouse_memory *mem);

#endif /* TOOLS_SOURCE_H */
