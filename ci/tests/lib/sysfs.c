// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) 2026 The Cellblock developers */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cellblock.h"

#define MAX_ID	32

static void full_path(char *full, size_t size, const char *path, va_list args)
{
	int at = path[0] == '/' ? 0 : snprintf(full, size, CB_SYSFS);

	vsnprintf(full + at, size - (size_t)at, path, args);
}

static const char *read_text(const char *path)
{
	static char texts[4][4096];
	static unsigned int next;
	char *text = texts[next++ % 4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	if (fd >= 0) {
		got = read(fd, text, sizeof(texts[0]) - 1);
		close(fd);
	}
	text[got < 0 ? 0 : got] = 0;
	if (got > 0 && text[got - 1] == '\n')
		text[got - 1] = 0;
	return text;
}

const char *cb_text(const char *path, ...)
{
	char full[256];
	va_list args;

	va_start(args, path);
	full_path(full, sizeof(full), path, args);
	va_end(args);
	return read_text(full);
}

long cb_number(const char *path, ...)
{
	char full[256], *end;
	const char *text;
	va_list args;
	long value;

	va_start(args, path);
	full_path(full, sizeof(full), path, args);
	va_end(args);
	text = read_text(full);
	value = strtol(text, &end, 10);
	return *text && !*end ? value : -1;
}

int cb_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

bool cb_exists(const char *path, ...)
{
	char full[256];
	va_list args;

	va_start(args, path);
	full_path(full, sizeof(full), path, args);
	va_end(args);
	return !access(full, F_OK);
}

int cb_cell_id(const char *cell)
{
	int id;

	for (id = 0; id < MAX_ID; id++)
		if (!strcmp(cb_text("cells/%d/name", id), cell))
			return id;
	return -ENOENT;
}

const char *cb_state(const char *cell)
{
	return cb_text("cells/%d/state", cb_cell_id(cell));
}

bool cb_wait_state(const char *cell, const char *state, unsigned int ms)
{
	uint64_t end = cb_now_ms() + ms;

	while (strcmp(cb_state(cell), state)) {
		if (cb_now_ms() > end)
			return false;
		cb_sleep_ms(5);
	}
	return true;
}

long cb_counter(const char *cell, int cpu, const char *name)
{
	int id = cb_cell_id(cell);

	if (cpu < 0)
		return cb_number("cells/%d/statistics/%s", id, name);
	return cb_number("cells/%d/statistics/cpu%d/%s", id, cpu, name);
}
