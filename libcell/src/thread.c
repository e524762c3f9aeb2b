// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* A thread of Linux that runs a service, and the lock of all that use it. */

#include <libcell/thread.h>

#include "port.h"
#include "wire.h"

static pthread_mutex_t *mutex_of(struct channel_guard *guard)
{
	return &((struct channel_thread *)guard)->mutex;
}

static void take(struct channel_guard *guard)
{
	pthread_mutex_lock(mutex_of(guard));
}

static void give(struct channel_guard *guard)
{
	pthread_mutex_unlock(mutex_of(guard));
}

static void *run(void *argument)
{
	struct channel_thread *t = argument;
	struct libcell_link *link = t->service->link;
	u32 seen = libcell_events(link);
	int ret = 0;

	while (!load_acquire(&t->stop) && (!ret || ret == -EINTR)) {
		if (!channel_poll(t->service) && channel_arm(t->service))
			ret = libcell_wait(link, seen, LIBCELL_FOREVER);
		/* before the look at stop, which rings */
		seen = libcell_events(link);
	}
	/* if the device has gone, all channels have ended: that is told, too */
	while (ret && ret != -EINTR && channel_poll(t->service))
		;
	t->ret = ret;
	return NULL;
}

int channel_thread_start(struct channel_thread *t, struct channel_service *s)
{
	pthread_mutexattr_t recursive;
	int error;

	*t = (struct channel_thread){
		.guard = { .take = take, .give = give }, .service = s,
	};
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&t->mutex, &recursive);
	pthread_mutexattr_destroy(&recursive);
	s->guard = &t->guard;
	error = pthread_create(&t->thread, NULL, run, t);
	if (!error)
		return 0;
	s->guard = NULL;
	pthread_mutex_destroy(&t->mutex);
	return -error;
}

void channel_thread_stop(struct channel_thread *t)
{
	struct channel_service *s = t->service;

	store_release(&t->stop, true);
	service_ring_ourselves(s);
	pthread_join(t->thread, NULL);
	s->guard = NULL;
	pthread_mutex_destroy(&t->mutex);
}
