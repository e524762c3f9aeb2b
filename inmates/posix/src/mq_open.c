// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Message queues by their names, and descriptors of them. */

#include "mq.h"

#define USUAL_MAXMSG	8
#define USUAL_MSGSIZE	64

static struct descriptor descriptors[MQ_OPEN_MAX];

struct descriptor *descriptor_of(mqd_t mq, int access)
{
	struct descriptor *descriptor = &descriptors[mq];
	int refused = access == O_RDONLY ? O_WRONLY : O_RDONLY;

	if (mq < 0 || mq >= MQ_OPEN_MAX || !descriptor->queue)
		return NULL;
	if (access != O_RDWR && (descriptor->flags & O_ACCMODE) == refused)
		return NULL;
	return descriptor;
}

static void queue_free(struct named *named)
{
	struct queue *queue = (struct queue *)named;

	if (queue->blocks)
		osMemoryPoolDelete(queue->blocks);
	if (queue->messages)
		osMessageQueueDelete(queue->messages);
	rtos_free(queue, sizeof(*queue));
}

static bool is_good(const struct mq_attr *attr)
{
	return attr->mq_maxmsg > 0 && attr->mq_maxmsg < 1 << 20 &&
	       attr->mq_msgsize > 0 && attr->mq_msgsize < 1 << 20;
}

static int queue_create(const void *how, struct named **created)
{
	static const struct mq_attr usual = {
		.mq_maxmsg = USUAL_MAXMSG,
		.mq_msgsize = USUAL_MSGSIZE,
	};
	const struct mq_attr *attr = how ? how : &usual;
	struct queue *queue;

	if (!is_good(attr))
		return EINVAL;
	queue = rtos_alloc(sizeof(*queue));
	if (!queue)
		return ENOSPC;
	*queue = (struct queue){
		.blocks = osMemoryPoolNew((u32)attr->mq_maxmsg,
					  (u32)((size_t)attr->mq_msgsize + sizeof(struct block)),
					  NULL),
		.messages = osMessageQueueNew((u32)attr->mq_maxmsg, sizeof(struct block *), NULL),
		.maxmsg = attr->mq_maxmsg,
		.msgsize = attr->mq_msgsize,
		.notified = -1,
	};
	if (!queue->blocks || !queue->messages) {
		queue_free(&queue->named);
		return ENOSPC;
	}
	*created = &queue->named;
	return 0;
}

static struct names all = { .create = queue_create, .free = queue_free };

/* The skin's lock is held, and there is a descriptor. */
static int open_queue(const char *name, int flags, const struct mq_attr *attr,
		      struct descriptor *descriptor)
{
	struct named *queue;
	int error = names_open(&all, name, flags, attr, &queue);

	if (error)
		return error;
	descriptor->flags = flags & (O_ACCMODE | O_NONBLOCK);
	atomic_set(&descriptor->queue, (struct queue *)queue);
	return 0;
}

/* The descriptor, or minus an error. */
static int open_any(const char *name, int flags, const struct mq_attr *attr)
{
	int error = EMFILE;
	mqd_t mq = 0;

	posix_lock();
	while (mq < MQ_OPEN_MAX && descriptors[mq].queue)
		mq++;
	if (mq < MQ_OPEN_MAX)
		error = open_queue(name, flags, attr, &descriptors[mq]);
	posix_unlock();
	return error ? -error : mq;
}

mqd_t mq_open(const char *name, int flags, ...)
{
	const struct mq_attr *attr = NULL;
	int error = check_name(name), mq;
	va_list args;

	va_start(args, flags);
	if (flags & O_CREAT) {
		(void)va_arg(args, mode_t);
		attr = va_arg(args, const struct mq_attr *);
	}
	va_end(args);
	if ((flags & O_ACCMODE) == O_ACCMODE)
		error = EINVAL;
	mq = error ? -error : open_any(name, flags, attr);
	return mq < 0 ? answer(-mq) : mq;
}

int mq_close(mqd_t mq)
{
	struct descriptor *descriptor;
	struct queue *queue = NULL;

	posix_lock();
	descriptor = descriptor_of(mq, O_RDWR);
	if (descriptor) {
		queue = descriptor->queue;
		descriptor->queue = NULL;
		if (queue->notified == mq)
			queue->notified = -1;
		names_close(&all, &queue->named);
	}
	posix_unlock();
	return answer(queue ? 0 : EBADF);
}

int mq_unlink(const char *name)
{
	return answer(names_unlink(&all, name));
}

int mq_getattr(mqd_t mq, struct mq_attr *attr)
{
	const struct descriptor *descriptor = descriptor_of(mq, O_RDWR);

	if (!descriptor)
		return answer(EBADF);
	*attr = (struct mq_attr){
		.mq_flags = descriptor->flags & O_NONBLOCK,
		.mq_maxmsg = descriptor->queue->maxmsg,
		.mq_msgsize = descriptor->queue->msgsize,
		.mq_curmsgs = osMessageQueueGetCount(descriptor->queue->messages),
	};
	return 0;
}

int mq_setattr(mqd_t mq, const struct mq_attr *attr, struct mq_attr *before)
{
	struct descriptor *descriptor = descriptor_of(mq, O_RDWR);

	if (!descriptor)
		return answer(EBADF);
	if (before)
		mq_getattr(mq, before);
	descriptor->flags = (descriptor->flags & O_ACCMODE) | (int)(attr->mq_flags & O_NONBLOCK);
	return 0;
}
