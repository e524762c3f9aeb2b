// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "posix.h"

enum {
	NEW = PTHREAD_ONCE_INIT,
	RUNNING,
	DONE,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void set(pthread_once_t *once, int state)
{
	pthread_mutex_lock(&lock);
	atomic_set(once, state);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void set_new(void *once)
{
	set(once, NEW);
}

/* True: it is the caller's to do. */
static bool begin(pthread_once_t *once)
{
	bool ours;

	pthread_mutex_lock(&lock);
	while (*once == RUNNING)
		pthread_cond_wait(&changed, &lock);
	ours = *once != DONE;
	if (ours)
		*once = RUNNING;
	pthread_mutex_unlock(&lock);
	return ours;
}

int pthread_once(pthread_once_t *once, void (*init)(void))
{
	int state;
	bool ours;

	if (atomic_read(once) == DONE)
		return 0;
	/* this is no call that can be cancelled, but init() may make one */
	if (pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state))
		state = PTHREAD_CANCEL_ENABLE;
	ours = begin(once);
	pthread_setcancelstate(state, NULL);
	if (!ours)
		return 0;
	pthread_cleanup_push(set_new, once);
	init();
	pthread_cleanup_pop(0);
	set(once, DONE);
	return 0;
}
