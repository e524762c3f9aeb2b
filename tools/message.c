/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <stdarg.h>
#include <stdio.h>

#include "message.h"

static const char *command = "";

void message_set_command(const char *words)
{
	command = words;
}

const char *message_command(void)
{
	return command;
}

static void say(const char *format, va_list args)
{
	/* what was printed before stays before */
	fflush(stdout);
	fputs("jailhouse: ", stderr);
	if (*command)
		fprintf(stderr, "%s: ", command);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int refused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	return EXIT_REFUSED;
}

int misused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "Try 'jailhouse %s%s--help'.\n", command,
		*command ? " " : "");
	return EXIT_USAGE;
}

void notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}
