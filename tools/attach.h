/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_ATTACH_H
#define TOOLS_ATTACH_H

/*
 * The terminal, or whatever standard input and output are, at the console of a cell, until
 * the console ends, the user detaches or a signal comes. EXIT_DONE, or EXIT_REFUSED (said).
 */

#include <stdbool.h>

/*
 * @read_only: the guest gets nothing, and standard input is left alone. @log: a file at whose
 * end all is that is shown, or NULL.
 */
int attach_console(const char *cell, bool read_only, const char *log);

#endif /* TOOLS_ATTACH_H */
