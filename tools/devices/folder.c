/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/folder.h"

const char *folder_path(const struct folder *folder, const char *file, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", folder->name, file);
	return path;
}

/* Whether they are there now is seen by their use. */
static void make(const char *name)
{
	char above[PATH_MAX];
	char *slash;

	snprintf(above, sizeof(above), "%s", name);
	slash = strrchr(above, '/');
	if (slash && slash != above) {
		*slash = '\0';
		mkdir(above, 0755);
	}
	mkdir(name, 0755);
}

int folder_take(struct folder *folder, const char *name)
{
	char path[PATH_MAX];

	if (strlen(name) >= sizeof(folder->name)) {
		warnx("the name of the folder is too long: %s", name);
		return -1;
	}
	memcpy(folder->name, name, strlen(name) + 1);
	make(name);
	folder->lock = open(folder_path(folder, "lock", path),
			    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (folder->lock < 0) {
		warn("cannot make %s", path);
		return -1;
	}
	if (!flock(folder->lock, LOCK_EX | LOCK_NB))
		return 0;
	warnx("%s is another program's already", name);
	close(folder->lock);
	return -1;
}

int folder_give(const struct folder *folder, uid_t uid, gid_t gid)
{
	if (!chown(folder->name, uid, gid))
		return 0;
	warn("cannot give %s to the user %u", folder->name, uid);
	return -1;
}

void folder_leave(struct folder *folder)
{
	close(folder->lock);
}

int folder_listen(const struct folder *folder, const char *file, int waiting)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char path[PATH_MAX];
	mode_t mask;
	int fd, ret;

	if (strlen(folder_path(folder, file, path)) >= sizeof(address.sun_path)) {
		warnx("the name of the socket is too long: %s", path);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	/* of a program that was killed; with the lock, it is nobody's */
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0077);
	ret = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (!ret && !listen(fd, waiting))
		return fd;
	warn("cannot make the socket %s", path);
	if (fd >= 0)
		close(fd);
	return -1;
}
