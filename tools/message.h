/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef TOOLS_MESSAGE_H
#define TOOLS_MESSAGE_H

/*
 * Exit codes, and the one way in which errors are said:
 *	jailhouse: cell create: <reason>
 */

enum exit_code {
	EXIT_HELPED = -1,	/* help was asked for: ends as EXIT_DONE */
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,	/* the request was refused, or it failed */
	EXIT_USAGE = 2,		/* the command line is wrong */
};

/* Words of the command that runs, e.g. "cell create"; "" for none. */
void message_set_command(const char *words);
const char *message_command(void);

/* Print the reason to stderr; the exit code to return. */
int refused(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with a pointer to the command's help. */
int misused(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print something worth knowing that is no error. */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* TOOLS_MESSAGE_H */
