/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console_log.h"
#include "devices/console.h"
#include "message.h"

struct console_log {
	int fd;
	const char *name;
	bool begun, failed;
	size_t before_count, first_count;
	char before[CONSOLE_HISTORY];	/* the end of the file */
	char first[CONSOLE_HISTORY];	/* what came first */
};

static void append(struct console_log *log, const char *text, size_t count)
{
	ssize_t done;

	for (; count; text += done, count -= (size_t)done) {
		done = write(log->fd, text, count);
		if (done < 0 && !log->failed)
			notice("the log %s misses what was printed: %s", log->name,
			       strerror(errno));
		log->failed = done < 0;
		if (done < 0)
			return;
	}
}

struct console_log *console_log_open(const char *name)
{
	struct console_log *log = calloc(1, sizeof(*log));
	off_t end, start;
	ssize_t count;

	if (!log) {
		refused("out of memory");
		return NULL;
	}
	log->name = name;
	log->fd = open(name, O_RDWR | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, 0600);
	if (log->fd < 0) {
		refused("cannot write the log '%s': %s", name, strerror(errno));
		free(log);
		return NULL;
	}
	end = lseek(log->fd, 0, SEEK_END);
	start = end > CONSOLE_HISTORY ? end - CONSOLE_HISTORY : 0;
	count = end > 0 ? pread(log->fd, log->before, CONSOLE_HISTORY, start) : 0;
	log->before_count = count > 0 ? (size_t)count : 0;
	return log;
}

bool console_log_waits(const struct console_log *log)
{
	return !log->begun;
}

/* The longest beginning of what came first that the file ends with. */
static size_t written_before(const struct console_log *log)
{
	size_t count = log->before_count < log->first_count ? log->before_count : log->first_count;

	while (count && memcmp(log->before + log->before_count - count, log->first, count))
		count--;
	return count;
}

void console_log_begun(struct console_log *log)
{
	size_t known = written_before(log);

	log->begun = true;
	append(log, log->first + known, log->first_count - known);
}

void console_log_write(struct console_log *log, const char *text, size_t count)
{
	size_t room = sizeof(log->first) - log->first_count;
	size_t part = count < room ? count : room;

	if (log->begun) {
		append(log, text, count);
		return;
	}
	memcpy(log->first + log->first_count, text, part);
	log->first_count += part;
	if (log->first_count < sizeof(log->first))
		return;
	console_log_begun(log);
	append(log, text + part, count - part);
}

void console_log_close(struct console_log *log)
{
	if (!log->begun)
		console_log_begun(log);
	close(log->fd);
	free(log);
}
