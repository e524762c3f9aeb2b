/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_SUPERVISE_H
#define DEVICES_SUPERVISE_H

/*
 * A server in a process of its own, which is started again when a signal has ended it. All
 * have one table of file descriptors: what a server has opened, the next one has too. Of
 * memory it has what the supervisor had, and as the last one left it supervise_memory().
 */

#include <stddef.h>

/* So many times in so many seconds: after that it is started no more. */
#define SUPERVISE_DEATHS	5
#define SUPERVISE_SECONDS	60

/* Zeroed, never given back. NULL: there is none (said). */
void *supervise_memory(size_t size);

/*
 * What @serve, whose result is an exit status, returns in the end; 1 if it was ended too
 * often (in the system's log, as each time; @name says whose server it is).
 * @messages: where to read what it says, which goes there too; -1: that, and what is said of
 * it, is seen on the standard error output.
 * SIGINT and SIGTERM, which come here too, are handed on to it: it has them blocked.
 */
int supervise(const char *name, int messages, int (*serve)(void *owner), void *owner);

#endif /* DEVICES_SUPERVISE_H */
