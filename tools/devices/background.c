/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <fcntl.h>
#include <unistd.h>

#include "devices/background.h"

/* opened when it begins: later nothing can be */
static int nothing = -1;
static int messages[2] = { -1, -1 };

int background_begin(void)
{
	int ends[2];
	pid_t child;
	char byte;

	if (pipe2(ends, O_CLOEXEC) || (child = fork()) < 0) {
		warn("cannot go into the background");
		return -1;
	}
	if (child) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(ends[0]);
	setsid();
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	/* it must not wait for who reads what it says */
	if (pipe2(messages, O_CLOEXEC | O_NONBLOCK))
		messages[0] = messages[1] = -1;
	return ends[1];
}

int background_messages(void)
{
	return messages[0];
}

void background_ready(int told)
{
	if (write(told, "", 1) != 1)
		warn("nobody waits for this program");
	close(told);
	if (nothing < 0)
		return;
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	dup2(messages[1] < 0 ? nothing : messages[1], STDERR_FILENO);
	close(nothing);
}
