/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef POSIX_NAMES_H
#define POSIX_NAMES_H

/*
 * Objects that are opened by their names: message queues, semaphores. One whose name is
 * taken away stays until the last that has it open closes it.
 */

#include <fcntl.h>

#include "posix.h"

#define NAME_SIZE	32

/* The first field of such an object. The skin's lock is for it. */
struct named {
	struct named *next;
	unsigned int opens;
	bool unlinked;
	char name[NAME_SIZE];
};

/* All of one kind. */
struct names {
	struct named *first;
	/* As open() had it; 0 or an error. */
	int (*create)(const void *how, struct named **created);
	void (*free)(struct named *named);
};

/* 0, EINVAL, ENAMETOOLONG */
int check_name(const char *name);

/* @how: for a new one. With the skin's lock held and a good name; 0 or an error. */
int names_open(struct names *names, const char *name, int flags, const void *how,
	       struct named **opened);
/* With the skin's lock held, of one that was opened. */
void names_close(struct names *names, struct named *named);
/* 0 or an error */
int names_unlink(struct names *names, const char *name);

#endif
