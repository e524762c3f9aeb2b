/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef DEVICES_FOLDER_H
#define DEVICES_FOLDER_H

/*
 * The folder of a cell, where people and programs in root find what its device program
 * offers. Its file "lock" is taken by that program.
 */

#include <limits.h>
#include <sys/types.h>
#include <sys/un.h>

struct folder {
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int lock;
};

/* Made if it is not there, and the one above it. 0, or -1 after saying what is wrong. */
int folder_take(struct folder *folder, const char *name);
/* Files in it can be removed by this user, too. 0, or -1 (said). */
int folder_give(const struct folder *folder, uid_t uid, gid_t gid);
void folder_leave(struct folder *folder);

/* @path of a file there. */
const char *folder_path(const struct folder *folder, const char *file, char path[PATH_MAX]);

/*
 * A Unix stream socket there to which root alone can connect, up to @waiting at a time
 * before they are accepted. The file descriptor, or -1 after saying what is wrong.
 */
int folder_listen(const struct folder *folder, const char *file, int waiting);

#endif /* DEVICES_FOLDER_H */
