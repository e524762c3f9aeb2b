// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cellblock.h"

int cb_console_open(struct cb_console *con)
{
	con->length = 0;
	con->position = 0;
	con->fd = open("/dev/jailhouse", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (con->fd < 0)
		return -errno;
	cb_console_skip(con);
	return 0;
}

void cb_console_close(struct cb_console *con)
{
	close(con->fd);
	con->fd = -1;
}

void cb_console_poll(struct cb_console *con)
{
	size_t room;
	ssize_t got;

	for (;;) {
		room = sizeof(con->text) - 1 - con->length;
		got = room ? read(con->fd, con->text + con->length, room) : 0;
		if (got <= 0)
			break;
		con->length += (size_t)got;
	}
	con->text[con->length] = 0;
}

void cb_console_skip(struct cb_console *con)
{
	do {
		con->length = 0;
		cb_console_poll(con);
	} while (con->length == sizeof(con->text) - 1);
	con->length = 0;
	con->position = 0;
	con->text[0] = 0;
}

/* The line around a match, once all of it is there. */
static const char *take_line(struct cb_console *con, const char *match)
{
	static char line[512];
	const char *start = match, *end = strchr(match, '\n');
	size_t size;

	if (!end)
		return NULL;
	while (start > con->text && start[-1] != '\n')
		start--;
	size = (size_t)(end - start);
	if (size >= sizeof(line))
		size = sizeof(line) - 1;
	memcpy(line, start, size);
	line[size] = 0;
	con->position = (size_t)(end - con->text);
	return line;
}

const char *cb_console_wait(struct cb_console *con, const char *text, unsigned int ms)
{
	uint64_t end = cb_now_ms() + ms;
	const char *match, *line;

	for (;;) {
		bool last = cb_now_ms() > end;

		cb_console_poll(con);
		match = strstr(con->text + con->position, text);
		line = match ? take_line(con, match) : NULL;
		if (line || last)
			return line;
		cb_sleep_ms(10);
	}
}

const char *cb_console_all(struct cb_console *con)
{
	cb_console_poll(con);
	return con->text;
}
