/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_CONFINE_H
#define DEVICES_CONFINE_H

/*
 * Less rights for a program that has opened all that it needs: those of a user of its own,
 * no new ones by whatever it executes, and few system calls.
 */

#include <sys/types.h>

#define CONFINE_USER	"cell-devices"

struct confine {
	uid_t uid;
	gid_t gid;
};

/*
 * The user @name of @passwd, such as /etc/passwd; NULL: CONFINE_USER if it is there, and who
 * the program is if not, which is said. 0, or -1 after saying what is wrong.
 */
int confine_find(struct confine *confine, const char *passwd, const char *name);

/* From now on. 0, or -1 after saying what is wrong. */
int confine_enter(const struct confine *confine);

#endif /* DEVICES_CONFINE_H */
