// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* channeld(8), the manager of channels as a program of Linux. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "access.h"
#include "options.h"
#include "places.h"
#include "rules.h"

static volatile sig_atomic_t asked_to_end;

static void on_signal(int signal)
{
	(void)signal;
	asked_to_end = 1;
}

/* A word to systemd, if that is who started us: a datagram, as sd_notify(3) says. */
static void notify(const char *word)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = path ? strlen(path) : 0;
	int fd;

	if (!length || length >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, length);
	/* the name of an abstract one begins with a 0 */
	if (path[0] == '@')
		address.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	length += offsetof(struct sockaddr_un, sun_path);
	if (fd < 0 || sendto(fd, word, strlen(word), MSG_NOSIGNAL,
			     (const struct sockaddr *)&address, (socklen_t)length) < 0)
		perror("channeld: systemd does not hear that it is ready");
	close(fd);
}

int main(int argc, char **argv)
{
	const struct sigaction act = { .sa_handler = on_signal };
	struct options options;
	int ret, status = options_read(&options, argc, argv);

	if (status != STATUS_GO_ON)
		return status;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	ret = options.access ? access_read(options.access) : 0;
	if (!ret && options.access)
		rules_say();
	if (!ret)
		ret = places_open(&options);
	if (!ret)
		notify("READY=1");
	while (!ret && !asked_to_end)
		ret = places_serve();
	places_close();
	return ret ? STATUS_FAILED : STATUS_DONE;
}
