// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Semaphores that are found by name. */

#include <semaphore.h>

#include "names.h"

struct named_sem {
	struct named named;
	sem_t sem;
};

static void sem_free(struct named *named)
{
	struct named_sem *sem = (struct named_sem *)named;

	sem_destroy(&sem->sem);
	rtos_free(sem, sizeof(*sem));
}

/* @how: the value */
static int sem_create(const void *how, struct named **created)
{
	struct named_sem *sem = rtos_alloc(sizeof(*sem));
	const unsigned int *value = how;

	if (!sem)
		return ENOSPC;
	memset(sem, 0, sizeof(*sem));
	if (sem_init(&sem->sem, 0, *value)) {
		rtos_free(sem, sizeof(*sem));
		return EINVAL;
	}
	*created = &sem->named;
	return 0;
}

static struct names all = { .create = sem_create, .free = sem_free };

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
		error = names_open(&all, name, flags, &value, &named);
		posix_unlock();
	}
	if (error) {
		errno = error;
		return SEM_FAILED;
	}
	return &((struct named_sem *)named)->sem;
}

int sem_close(sem_t *sem)
{
	struct named *named;

	posix_lock();
	for (named = all.first; named; named = named->next)
		if (&((struct named_sem *)named)->sem == sem && named->opens)
			break;
	if (named)
		names_close(&all, named);
	posix_unlock();
	return answer(named ? 0 : EINVAL);
}

int sem_unlink(const char *name)
{
	return answer(names_unlink(&all, name));
}
