/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_LOOP_H
#define DEVICES_LOOP_H

/* The one place where the program waits: poll() for whoever watches a file descriptor. */

#define LOOP_MAX	64

struct loop_watch;

/* Who watches; zeros: nobody. */
struct loop {
	/* holes are NULL, so that a place stays one watch's while others are called */
	struct loop_watch *watched[LOOP_MAX];
};

struct loop_watch {
	int fd;
	/* the events of poll() that are of use now; asked for before each wait */
	short (*wants)(struct loop_watch *watch);
	/* may remove any watch, also its own */
	void (*ready)(struct loop_watch *watch, short events);
};

/* From now on this one is meant, not one of the process's own. */
void loop_use(struct loop *loop);

/* 0, or -1 if LOOP_MAX are watched already. */
int loop_add(struct loop_watch *watch);
void loop_remove(struct loop_watch *watch);

/* Wait once, at most @milliseconds (-1: as long as it takes), and call who is ready. */
void loop_once(int milliseconds);

#endif /* DEVICES_LOOP_H */
