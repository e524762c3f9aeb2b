/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

/* Options, operands and numbers of a command line. */

#include <stdbool.h>
#include <stddef.h>

#include <jailhouse/types.h>

/* What a command knows besides its operands; a list of these ends with { 0 }. */
struct known_option {
	char letter;		/* of the short form, or 0 */
	const char *name;	/* of the long one; NULL: operands, each in its place */
	bool has_argument;
	/* EXIT_DONE, or an exit code after saying what is wrong */
	int (*take)(const struct known_option *option, char *argument);
	void *target;
	unsigned int min, max;	/* of a number */
};

#define OPTION_TARGET(type, pointer)	(1 ? (pointer) : (type *)NULL)

#define OPTION_FLAG(letter, name, flag)					\
	{ letter, name, false, option_set_flag, OPTION_TARGET(bool, flag), 0, 0 }
#define OPTION_TEXT(letter, name, text)					\
	{ letter, name, true, option_set_text, OPTION_TARGET(const char *, text), 0, 0 }
#define OPTION_NUMBER(letter, name, number, min, max)			\
	{ letter, name, true, option_set_number, OPTION_TARGET(unsigned int, number), min, max }
#define OPTION_SIZE(letter, name, size)					\
	{ letter, name, true, option_set_size, OPTION_TARGET(u64, size), 0, 0 }
#define OPTION_CALL(letter, name, take, target)				\
	{ letter, name, true, take, target, 0, 0 }
#define OPTION_OPERANDS(take, target)	OPTION_CALL(0, NULL, take, target)

int option_set_flag(const struct known_option *option, char *argument);
int option_set_text(const struct known_option *option, char *argument);
int option_set_number(const struct known_option *option, char *argument);
int option_set_size(const struct known_option *option, char *argument);

/*
 * Takes all options: EXIT_DONE, or the command's exit code. -h and --help are
 * answered here, wrong options too. Operands that are not taken in their places
 * are collected from argv[optind] on.
 */
int options_parse(int argc, char **argv, const struct known_option *known);

/* Of a command that has no other words than --json: EXIT_DONE, or its exit code. */
int options_json_only(int argc, char **argv, bool *json);

/* Is an operand left? */
bool options_more(int argc);
/* EXIT_DONE if no operand is left, else says so. */
int options_no_operands(int argc, char **argv);
/* EXIT_DONE with the next operand, or says that there is no @what; with the only one. */
int options_next_operand(int argc, char **argv, const char *what, const char **word);
int options_only_operand(int argc, char **argv, const char *what, const char **word);

/* True if @text is a number (decimal, 0x hexadecimal, 0 octal) up to @max. */
bool parse_number(const char *text, u64 max, u64 *value);

/* The same with K, M or G after it, for units of 1024. */
bool parse_size(const char *text, u64 *value);

#endif /* TOOLS_OPTIONS_H */
