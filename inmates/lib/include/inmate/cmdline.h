/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_CMDLINE_H
#define INMATE_CMDLINE_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

/*
 * Parameters from the string at offset 0x1000 of the image, as written by
 *	jailhouse cell load CELL IMAGE -s "period=1000 quiet" -a 0x1000
 * Words are separated by blanks. The first word with the name counts.
 */

/* Value of name=NUMBER (decimal or 0x), else def. */
long long cmdline_parse_int(const char *name, long long def);

/* name, name=1, name=true, name=on, name=yes: true; name=...: false */
bool cmdline_parse_bool(const char *name, bool def);

/* Copies the value of name=WORD (or def) to value, cut to size; returns it. */
const char *cmdline_parse_str(const char *name, char *value, size_t size,
			      const char *def);

/* The whole string. */
const char *cmdline(void);

/*
 * For existing sources, which say how much room they need: there is always
 * a page.
 */
#define CMDLINE_BUFFER(size)	\
	_Static_assert((size) <= CMDLINE_SIZE, "command line too long")

#endif /* INMATE_CMDLINE_H */
