/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

/* Options, operands and numbers of a command line. */

#include <getopt.h>
#include <stdbool.h>

#include <jailhouse/types.h>

#define OPTION_END	(-1)
#define OPTION_STOP	(-2)	/* end with options_exit_code() */
#define OPTION_OPERAND	1	/* no option; the word is in optarg */

/* Before the first options_next() of a command. */
void options_start(void);

/*
 * The next option's character. Short options as for getopt_long(3) without a
 * leading mark; with @in_order, operands are handed out in their place
 * (OPTION_OPERAND), without it they are collected from argv[optind] on.
 * -h and --help are answered here, wrong options too: OPTION_STOP.
 */
int options_next(int argc, char **argv, const char *short_options,
		 const struct option *long_options, bool in_order);

/* What a command returns after OPTION_STOP. */
int options_exit_code(void);

/* Of a command that has no other words than --json: EXIT_DONE, or its exit code. */
int options_json_only(int argc, char **argv, bool *json);

/* EXIT_DONE if no operand is left, else says so. */
int options_no_operands(int argc, char **argv);

/* True if @text is a number (decimal, 0x hexadecimal, 0 octal) up to @max. */
bool parse_number(const char *text, u64 max, u64 *value);

#endif /* TOOLS_OPTIONS_H */
