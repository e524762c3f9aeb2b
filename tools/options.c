/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "options.h"

#define MAX_KNOWN	20
#define OPERAND		1	/* getopt's word for one in its place */
#define LONG_ONLY	0x100	/* above all letters */

static int unknown_option(const char *word)
{
	bool is_long = word[0] == '-' && word[1] == '-';

	if (is_long ? !strcmp(word, "--help") : optopt == 'h') {
		command_help();
		return EXIT_HELPED;
	}
	if (is_long && optopt)
		return misused("option '%.*s' takes no argument",
			       (int)strcspn(word, "="), word);
	if (is_long)
		return misused("unknown option '%s'", word);
	return misused("unknown option '-%c'", optopt);
}

/* What getopt returns for it. */
static int value_of(const struct known_option *known, size_t i)
{
	if (!known[i].name)
		return OPERAND;
	return known[i].letter ? known[i].letter : LONG_ONLY + (int)i;
}

static const struct known_option *find(const struct known_option *known, int value)
{
	size_t i = 0;

	while (known[i].take && value_of(known, i) != value)
		i++;
	return known[i].take ? &known[i] : NULL;
}

/* @known in getopt's words. */
static void describe(const struct known_option *known, char *letters, struct option *names)
{
	size_t i;

	letters += sprintf(letters, "%s:", find(known, OPERAND) ? "-" : "");
	for (i = 0; known[i].take; i++) {
		assert(i < MAX_KNOWN);
		if (!known[i].name)
			continue;
		*names++ = (struct option){ known[i].name, known[i].has_argument, NULL,
					    value_of(known, i) };
		if (known[i].letter)
			letters += sprintf(letters, "%c%s", known[i].letter,
					   known[i].has_argument ? ":" : "");
	}
	*names = (struct option){ 0 };
}

/* @word: the last that getopt has looked at */
static int take(const struct known_option *known, int value, const char *word)
{
	const struct known_option *option;

	if (value == '?')
		return unknown_option(word);
	if (value == ':')
		return misused("option '%s' needs an argument", word);
	option = find(known, value);
	return option->take(option, optarg);
}

int options_parse(int argc, char **argv, const struct known_option *known)
{
	const struct known_option *operands = find(known, OPERAND);
	struct option names[MAX_KNOWN + 1];
	char letters[2 * MAX_KNOWN + 3];
	int value, ret = EXIT_DONE;

	describe(known, letters, names);
	/* 0 is glibc's way to make getopt forget an earlier command line */
	optind = 0;
	opterr = 0;
	while (!ret && (value = getopt_long(argc, argv, letters, names, NULL)) != -1)
		ret = take(known, value, argv[optind - 1]);
	/* those after "--" */
	while (!ret && operands && optind < argc)
		ret = operands->take(operands, argv[optind++]);
	return ret;
}

int option_set_flag(const struct known_option *option, char *argument)
{
	(void)argument;
	*(bool *)option->target = true;
	return EXIT_DONE;
}

int option_set_text(const struct known_option *option, char *argument)
{
	*(const char **)option->target = argument;
	return EXIT_DONE;
}

int option_set_number(const struct known_option *option, char *argument)
{
	u64 number;

	if (!parse_number(argument, option->max, &number) || number < option->min)
		return misused("option '-%c': '%s' is not a number from %u to %u",
			       option->letter, argument, option->min, option->max);
	*(unsigned int *)option->target = (unsigned int)number;
	return EXIT_DONE;
}

int option_set_size(const struct known_option *option, char *argument)
{
	if (!parse_size(argument, option->target))
		return misused("option '--%s': '%s' is not a size such as 64M", option->name,
			       argument);
	return EXIT_DONE;
}

bool options_more(int argc)
{
	return optind < argc;
}

int options_no_operands(int argc, char **argv)
{
	if (optind < argc)
		return misused("unexpected argument '%s'", argv[optind]);
	return EXIT_DONE;
}

int options_next_operand(int argc, char **argv, const char *what, const char **word)
{
	if (optind == argc)
		return misused("no %s given", what);
	*word = argv[optind++];
	return EXIT_DONE;
}

int options_only_operand(int argc, char **argv, const char *what, const char **word)
{
	int ret = options_next_operand(argc, argv, what, word);

	return ret ? ret : options_no_operands(argc, argv);
}

int options_json_only(int argc, char **argv, bool *json)
{
	const struct known_option known[] = {
		OPTION_FLAG(0, "json", json),
		{ 0 }
	};
	int ret;

	*json = false;
	ret = options_parse(argc, argv, known);
	return ret ? ret : options_no_operands(argc, argv);
}

bool parse_number(const char *text, u64 max, u64 *value)
{
	unsigned long long number;
	char *end;

	/* strtoull takes white space and signs */
	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || *end || number > max)
		return false;
	*value = number;
	return true;
}

bool parse_size(const char *text, u64 *value)
{
	static const char units[] = "KMG";
	char digits[24];
	size_t length = strlen(text);
	unsigned int shift = 0;
	const char *unit;

	unit = length ? strchr(units, toupper((unsigned char)text[length - 1])) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		length--;
	}
	if (!length || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!parse_number(digits, ~0ULL >> shift, value))
		return false;
	*value <<= shift;
	return true;
}
