// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Being told of a message in a queue that was empty: a thread for it. */

#include "mq.h"

struct notice {
	void (*func)(union sigval value);
	union sigval value;
};

static void *notify(void *argument)
{
	struct notice notice = *(struct notice *)argument;

	rtos_free(argument, sizeof(notice));
	notice.func(notice.value);
	return NULL;
}

static void start(const struct sigevent *event)
{
	struct notice *notice = rtos_alloc(sizeof(*notice));
	pthread_t thread;

	if (!notice)
		return;
	*notice = (struct notice){ event->sigev_notify_function, event->sigev_value };
	if (pthread_create(&thread, event->sigev_notify_attributes, notify, notice))
		rtos_free(notice, sizeof(*notice));
	else
		/* if the attributes have not said so */
		pthread_detach(thread);
}

void tell_who_asked(struct queue *queue)
{
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	posix_lock();
	if (queue->notified >= 0)
		event = queue->event;
	/* once */
	queue->notified = -1;
	posix_unlock();
	if (event.sigev_notify == SIGEV_THREAD)
		start(&event);
}

static bool is_good(const struct sigevent *event)
{
	return event->sigev_notify == SIGEV_NONE ||
	       (event->sigev_notify == SIGEV_THREAD && event->sigev_notify_function);
}

/* The skin's lock is held. */
static int set(struct queue *queue, mqd_t mq, const struct sigevent *event)
{
	if (!event) {
		if (queue->notified == mq)
			queue->notified = -1;
		return 0;
	}
	if (queue->notified >= 0)
		return EBUSY;
	queue->event = *event;
	queue->notified = mq;
	return 0;
}

int mq_notify(mqd_t mq, const struct sigevent *event)
{
	struct descriptor *descriptor = descriptor_of(mq, O_RDWR);
	int error;

	if (!descriptor)
		return answer(EBADF);
	if (event && !is_good(event))
		return answer(event->sigev_notify == SIGEV_SIGNAL ? ENOTSUP : EINVAL);
	posix_lock();
	error = set(descriptor->queue, mq, event);
	posix_unlock();
	return answer(error);
}
