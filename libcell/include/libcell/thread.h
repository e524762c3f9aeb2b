/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_THREAD_H
#define LIBCELL_THREAD_H

#include <pthread.h>

#include <libcell/channel.h>

/**
 * @file
 * In Linux: a thread that runs a service, so that handlers are called by themselves
 * and all threads of the program may use its channels.
 */

/** A thread that runs a service. The fields that do not say so are private. */
struct channel_thread {
	struct channel_guard guard;	/**< @private */
	pthread_mutex_t mutex;		/**< @private */
	pthread_t thread;		/**< @private */
	struct channel_service *service;	/**< @private */
	bool stop;			/**< @private */
	int ret;			/**< why it has ended; after channel_thread_stop() */
};

/**
 * Starts it. From now on, any thread may use the service.
 *
 * @param t	the caller's memory, used until channel_thread_stop()
 * @param s	opened, and not used by another thread yet
 * @return 0, or why pthread_create() has none
 */
int channel_thread_start(struct channel_thread *t, struct channel_service *s);

/**
 * Ends it, as soon as a handler that is called now has returned. The service is for one
 * thread at a time again.
 *
 * @param t	started; not from a handler, and no other thread waits in a call
 */
void channel_thread_stop(struct channel_thread *t);

#endif /* LIBCELL_THREAD_H */
