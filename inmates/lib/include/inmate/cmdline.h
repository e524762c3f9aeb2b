/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef INMATE_CMDLINE_H
#define INMATE_CMDLINE_H

#include <jailhouse/types.h>

#include <inmate/layout.h>

/**
 * @file
 * Parameters from the string at offset 0x1000 of the image, as written by
 *
 *	jailhouse cell load CELL IMAGE -s "period=1000 quiet" -a 0x1000
 *
 * Words are separated by blanks. The first word with the name counts.
 */

/**
 * The value of name=NUMBER.
 *
 * @param name	of the parameter
 * @param def	if there is none, or not a number
 * @return decimal or, with 0x, hexadecimal; may be negative
 */
long long cmdline_parse_int(const char *name, long long def);

/**
 * The value of a switch.
 *
 * @param name	of the parameter
 * @param def	if there is none
 * @return name, name=1, name=true, name=on, name=yes: true; name=...: false
 */
bool cmdline_parse_bool(const char *name, bool def);

/**
 * Copies the value of name=WORD.
 *
 * @param name	of the parameter
 * @param value	gets it, cut to @p size and terminated
 * @param size	at least 1
 * @param def	if there is none
 * @return @p value
 */
const char *cmdline_parse_str(const char *name, char *value, size_t size,
			      const char *def);

/**
 * The whole string.
 *
 * @return the page of the image with it, which stays
 */
const char *cmdline(void);

/**
 * For existing sources, which say how much room they need: there is always
 * a page.
 *
 * @param size	bytes, which are checked
 */
#define CMDLINE_BUFFER(size)	\
	_Static_assert((size) <= CMDLINE_SIZE, "command line too long")

#endif /* INMATE_CMDLINE_H */
