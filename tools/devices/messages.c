/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "devices/messages.h"

void messages_begin(struct messages *messages, int fd, const char *name)
{
	*messages = (struct messages){ .fd = fd, .name = name };
	if (fd < 0)
		return;
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
}

static bool too_many(struct messages *messages)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!messages->count || now.tv_sec - messages->since >= MESSAGES_SECONDS) {
		messages->since = now.tv_sec;
		messages->count = 0;
	}
	return ++messages->count > MESSAGES_MOST;
}

/* Without what err.h puts in front, which the log has anyway. */
static void end_line(struct messages *messages)
{
	const char *text = messages->line, *colon;
	size_t name = strlen(program_invocation_short_name);

	messages->line[messages->length] = '\0';
	messages->length = 0;
	colon = text + name;
	if (!strncmp(text, program_invocation_short_name, name) && !strncmp(colon, ": ", 2))
		text = colon + 2;
	if (!*text)
		return;
	if (!too_many(messages))
		syslog(LOG_WARNING, "the devices of cell %s: %s", messages->name, text);
	else if (messages->count == MESSAGES_MOST + 1)
		syslog(LOG_WARNING, "the devices of cell %s say more, which is not kept",
		       messages->name);
}

static void add(struct messages *messages, char c)
{
	if (c == '\n') {
		end_line(messages);
		return;
	}
	messages->line[messages->length++] = isprint((unsigned char)c) ? c : '?';
	if (messages->length == MESSAGES_LINE - 1)
		end_line(messages);
}

void messages_pass_on(struct messages *messages)
{
	char bytes[MESSAGES_LINE];
	ssize_t count, n;

	while (messages->fd >= 0 && (count = read(messages->fd, bytes, sizeof(bytes))) > 0)
		for (n = 0; n < count; n++)
			add(messages, bytes[n]);
}
