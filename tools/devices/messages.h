/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_MESSAGES_H
#define DEVICES_MESSAGES_H

/*
 * What a server in the background says on its standard error output goes to the system's log,
 * a line with the name of its cell. It may not go there itself, and what it does is not to be
 * trusted: of too many lines the rest is not kept.
 */

#include <stddef.h>
#include <time.h>

#define MESSAGES_LINE		256	/* bytes: a longer one is two */
#define MESSAGES_MOST		20	/* lines in so many seconds */
#define MESSAGES_SECONDS	60

struct messages {
	int fd;				/* to be read, non-blocking; -1: there are none */
	const char *name;
	char line[MESSAGES_LINE];
	size_t length;
	time_t since;			/* of what is counted */
	unsigned int count;
};

/* From now on SIGIO says to this process that there is something to read. */
void messages_begin(struct messages *messages, int fd, const char *name);

/* All that there is now. */
void messages_pass_on(struct messages *messages);

#endif /* DEVICES_MESSAGES_H */
