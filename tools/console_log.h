/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_CONSOLE_LOG_H
#define TOOLS_CONSOLE_LOG_H

/*
 * A file at whose end all is that a console gives its reader. That begins with what the
 * console has kept: what of it an earlier reader has left at the end of the file is not
 * written again.
 */

#include <stdbool.h>
#include <stddef.h>

/* without anything for so long, what was kept has come */
#define CONSOLE_LOG_QUIET_MS	200

struct console_log;

/* NULL after saying what is wrong. */
struct console_log *console_log_open(const char *name);
/* Nothing is written before console_log_begun(), or before much has come. */
void console_log_write(struct console_log *log, const char *text, size_t count);
/* Whether it still waits for the end of what was kept; and that this has come. */
bool console_log_waits(const struct console_log *log);
void console_log_begun(struct console_log *log);
void console_log_close(struct console_log *log);

#endif /* TOOLS_CONSOLE_LOG_H */
