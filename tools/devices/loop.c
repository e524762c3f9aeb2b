/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <poll.h>
#include <stddef.h>

#include "devices/loop.h"

static struct loop own;
static struct loop_watch **watched = own.watched;

void loop_use(struct loop *loop)
{
	watched = loop->watched;
}

int loop_add(struct loop_watch *watch)
{
	int n;

	for (n = 0; n < LOOP_MAX && watched[n]; n++)
		;
	if (n == LOOP_MAX)
		return -1;
	watched[n] = watch;
	return 0;
}

void loop_remove(struct loop_watch *watch)
{
	int n;

	for (n = 0; n < LOOP_MAX; n++)
		if (watched[n] == watch)
			watched[n] = NULL;
}

void loop_once(int milliseconds)
{
	struct loop_watch *waiting[LOOP_MAX];
	struct pollfd fds[LOOP_MAX];
	int n;

	for (n = 0; n < LOOP_MAX; n++) {
		waiting[n] = watched[n];
		fds[n] = (struct pollfd){ .fd = -1 };
		if (waiting[n]) {
			fds[n].fd = waiting[n]->fd;
			fds[n].events = waiting[n]->wants(waiting[n]);
		}
	}
	if (poll(fds, LOOP_MAX, milliseconds) <= 0)
		return;
	/* one that another has removed meanwhile, or put in its place, is not called */
	for (n = 0; n < LOOP_MAX; n++)
		if (fds[n].revents && watched[n] && watched[n] == waiting[n])
			watched[n]->ready(watched[n], fds[n].revents);
}
