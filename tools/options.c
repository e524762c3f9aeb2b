/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "message.h"
#include "options.h"

static int exit_code;
static bool operands_only;	/* "--" was passed */

void options_start(void)
{
	/* 0 is glibc's way to make getopt forget an earlier command line */
	optind = 0;
	opterr = 0;
	operands_only = false;
}

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

int options_next(int argc, char **argv, const char *short_options,
		 const struct option *long_options, bool in_order)
{
	char marked[64];
	int option = OPTION_END;

	snprintf(marked, sizeof(marked), "%s:%s", in_order ? "-" : "",
		 short_options);
	if (!operands_only)
		option = getopt_long(argc, argv, marked, long_options, NULL);

	if (option == OPTION_END) {
		operands_only = true;
		if (!in_order || optind == argc)
			return OPTION_END;
		optarg = argv[optind++];
		return OPTION_OPERAND;
	}
	if (option == '?')
		exit_code = unknown_option(argv[optind - 1]);
	else if (option == ':')
		exit_code = misused("option '%s' needs an argument",
				    argv[optind - 1]);
	else
		return option;
	return OPTION_STOP;
}

int options_exit_code(void)
{
	return exit_code;
}

int options_no_operands(int argc, char **argv)
{
	if (optind < argc)
		return misused("unexpected argument '%s'", argv[optind]);
	return EXIT_DONE;
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

int options_json_only(int argc, char **argv, bool *json)
{
	static const struct option known[] = {
		{ "json", no_argument, NULL, 'j' },
		{ 0 }
	};
	int option;

	*json = false;
	options_start();
	while ((option = options_next(argc, argv, "", known, false)) !=
	       OPTION_END) {
		if (option == OPTION_STOP)
			return options_exit_code();
		*json = true;
	}
	return options_no_operands(argc, argv);
}
