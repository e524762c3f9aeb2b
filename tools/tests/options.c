/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/* help, version, numbers */

#include <stdio.h>
#include <string.h>

#include "options.h"
#include "tests/fixture.h"

static const char *const commands[][2] = {
	{ "enable", NULL }, { "disable", NULL }, { "console", NULL },
	{ "cell", "create" }, { "cell", "list" }, { "cell", "load" },
	{ "cell", "start" }, { "cell", "shutdown" }, { "cell", "destroy" },
	{ "cell", "stats" },
};

static void test_version(void)
{
	struct result result = RUN("--version");

	check_text(result.out, "jailhouse (Cellblock) " CELLBLOCK_VERSION "\n",
		   "--version");
	check_number(result.exit_code, 0, "--version succeeds");
}

static void test_group_help(void)
{
	struct result result;

	result = RUN("--help");
	check_contains(result.out, "Usage: jailhouse COMMAND", "--help");
	check_contains(result.out, "\n  enable ", "--help lists commands");
	check_number(result.exit_code, 0, "--help succeeds");

	result = RUN("cell", "--help");
	check_contains(result.out, "Usage: jailhouse cell COMMAND",
		       "cell --help");
	check_contains(result.out, "\n  shutdown ",
		       "cell --help lists commands");
	check_number(result.exit_code, 0, "cell --help succeeds");
}

static void test_command_help(void)
{
	struct result result;
	char usage[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *first = commands[i][0], *second = commands[i][1];

		snprintf(usage, sizeof(usage), "Usage: jailhouse %s%s%s",
			 first, second ? " " : "", second ? second : "");
		result = second ? RUN(first, second, "--help") :
				  RUN(first, "-h");
		check(!result.exit_code && !*result.err &&
		      !strncmp(result.out, usage, strlen(usage)), usage);
	}
	check_number(fake.requests, 0, "help does not ask the driver");

	result = RUN("cell", "start", "1", "--help");
	check(!result.exit_code && !strncmp(result.out, "Usage:", 6) &&
	      !fake.requests, "help after other words");
}

static void test_numbers(void)
{
	u64 value = 0;

	check(parse_number("4096", ~0ULL, &value) && value == 4096, "decimal");
	check(parse_number("0x1000", ~0ULL, &value) && value == 4096,
	      "hexadecimal");
	check(parse_number("0xffffffffffffffff", ~0ULL, &value) &&
	      value == ~0ULL, "largest number");
	value = 7;
	check(!parse_number("0x10000000000000000", ~0ULL, &value),
	      "more than 64 bits");
	check(!parse_number("-1", ~0ULL, &value), "negative");
	check(!parse_number("+1", ~0ULL, &value), "sign");
	check(!parse_number(" 1", ~0ULL, &value), "white space");
	check(!parse_number("1k", ~0ULL, &value), "letters at the end");
	check(!parse_number("", ~0ULL, &value), "empty");
	check(!parse_number("9", 8, &value), "above the limit");
	check(value == 7, "a refused number changes nothing");
}

int main(void)
{
	fixture_reset();
	test_version();
	test_group_help();
	test_command_help();
	test_numbers();
	return fixture_end();
}
