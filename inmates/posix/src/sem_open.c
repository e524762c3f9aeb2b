// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Semaphores that are found by name. */

#include <fcntl.h>
#include <semaphore.h>

#include "posix.h"

/* The skin's lock is for all of them. */
struct named {
	sem_t sem;		/* first: what sem_open() gives */
	struct named *next;
	unsigned int opens;
	bool unlinked;
	char name[NAME_SIZE];
};

static struct named *all;

int check_name(const char *name)
{
	if (!name || name[0] != '/' || !name[1])
		return EINVAL;
	return strlen(name) < NAME_SIZE ? 0 : ENAMETOOLONG;
}

static struct named *find(const char *name)
{
	struct named *named = all;

	while (named && (named->unlinked || strcmp(named->name, name)))
		named = named->next;
	return named;
}

/* The last that had it open is gone, and the name, too. */
static void free_unused(struct named *named)
{
	struct named **at = &all;

	if (named->opens || !named->unlinked)
		return;
	while (*at != named)
		at = &(*at)->next;
	*at = named->next;
	sem_destroy(&named->sem);
	rtos_free(named, sizeof(*named));
}

static int create(const char *name, unsigned int value, struct named **created)
{
	struct named *named = rtos_alloc(sizeof(*named));

	if (!named)
		return ENOSPC;
	memset(named, 0, sizeof(*named));
	if (sem_init(&named->sem, 0, value)) {
		rtos_free(named, sizeof(*named));
		return EINVAL;
	}
	memcpy(named->name, name, strlen(name) + 1);
	named->next = all;
	all = named;
	*created = named;
	return 0;
}

/* The skin's lock is held. */
static int open_named(const char *name, int flags, unsigned int value, struct named **opened)
{
	int error = 0;

	*opened = find(name);
	if (*opened && (flags & O_CREAT) && (flags & O_EXCL))
		return EEXIST;
	if (!*opened)
		error = flags & O_CREAT ? create(name, value, opened) : ENOENT;
	if (!error)
		(*opened)->opens++;
	return error;
}

sem_t *sem_open(const char *name, int flags, ...)
{
	struct named *named = NULL;
	int error = check_name(name);
	unsigned int value = 0;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT) {
		(void)va_arg(args, mode_t);
		value = va_arg(args, unsigned int);
	}
	va_end(args);
	if (!error) {
		posix_lock();
		error = open_named(name, flags, value, &named);
		posix_unlock();
	}
	if (error) {
		errno = error;
		return SEM_FAILED;
	}
	return &named->sem;
}

int sem_close(sem_t *sem)
{
	struct named *named;

	posix_lock();
	for (named = all; named && (&named->sem != sem || !named->opens); named = named->next)
		;
	if (named) {
		named->opens--;
		free_unused(named);
	}
	posix_unlock();
	return answer(named ? 0 : EINVAL);
}

int sem_unlink(const char *name)
{
	int error = check_name(name);
	struct named *named;

	if (error)
		return answer(error);
	posix_lock();
	named = find(name);
	if (named) {
		named->unlinked = true;
		free_unused(named);
	}
	posix_unlock();
	return answer(named ? 0 : ENOENT);
}
