// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Messages come and go. */

#include "mq.h"

static u64 deadline_or_now(const struct descriptor *descriptor, u64 deadline)
{
	return descriptor->flags & O_NONBLOCK ? 0 : deadline;
}

/* A wait in vain: a queue that is full or empty. */
static int error_of_wait(osStatus_t status, const struct descriptor *descriptor)
{
	return error_of(status, descriptor->flags & O_NONBLOCK ? EAGAIN : ETIMEDOUT);
}

/* The pool says NULL for whatever went wrong. */
static osStatus_t block_get(osMemoryPoolId_t blocks, u32 ticks, struct block **block)
{
	*block = osMemoryPoolAlloc(blocks, ticks);
	if (*block)
		return osOK;
	return ticks ? osErrorTimeout : osErrorResource;
}

static int send(mqd_t mq, const char *message, size_t size, unsigned int priority, u64 deadline)
{
	const struct descriptor *descriptor = descriptor_of(mq, O_WRONLY);
	struct queue *queue;
	struct block *block;
	osStatus_t status;
	bool tell;

	if (!descriptor)
		return EBADF;
	queue = descriptor->queue;
	if (priority >= MQ_PRIO_MAX)
		return EINVAL;
	if (size > (size_t)queue->msgsize)
		return EMSGSIZE;
	deadline = deadline_or_now(descriptor, deadline);
	status = WAIT_CANCELABLE(deadline, block_get(queue->blocks, ticks, &block));
	if (status != osOK)
		return error_of_wait(status, descriptor);
	block->size = size;
	memcpy(block->data, message, size);
	tell = queue->notified >= 0 && !osMessageQueueGetCount(queue->messages) &&
	       !atomic_read(&queue->receivers);
	/* there is room for as many as there are blocks */
	osMessageQueuePut(queue->messages, &block, (u8)priority, 0);
	if (tell)
		tell_who_asked(queue);
	return 0;
}

int mq_send(mqd_t mq, const char *message, size_t size, unsigned int priority)
{
	return answer(send(mq, message, size, priority, NEVER));
}

int mq_timedsend(mqd_t mq, const char *message, size_t size, unsigned int priority,
		 const struct timespec *until)
{
	u64 deadline;

	if (!deadline_of(CLOCK_REALTIME, until, &deadline))
		return answer(EINVAL);
	return answer(send(mq, message, size, priority, deadline));
}

static void end_receive(void *receivers)
{
	atomic_add((u32 *)receivers, -1U);
}

static osStatus_t wait_for_message(struct queue *queue, u64 deadline, struct block **block,
				   u8 *priority)
{
	osStatus_t status;

	atomic_add(&queue->receivers, 1U);
	pthread_cleanup_push(end_receive, &queue->receivers);
	status = WAIT_CANCELABLE(deadline, osMessageQueueGet(queue->messages, block, priority,
							     ticks));
	pthread_cleanup_pop(1);
	return status;
}

/* Its size, or minus an error. */
static ssize_t receive(mqd_t mq, char *message, size_t size, unsigned int *priority, u64 deadline)
{
	const struct descriptor *descriptor = descriptor_of(mq, O_RDONLY);
	struct queue *queue;
	struct block *block;
	osStatus_t status;
	ssize_t got;
	u8 of_message;

	if (!descriptor)
		return -EBADF;
	queue = descriptor->queue;
	if (size < (size_t)queue->msgsize)
		return -EMSGSIZE;
	deadline = deadline_or_now(descriptor, deadline);
	status = wait_for_message(queue, deadline, &block, &of_message);
	if (status != osOK)
		return -error_of_wait(status, descriptor);
	got = (ssize_t)block->size;
	memcpy(message, block->data, block->size);
	if (priority)
		*priority = of_message;
	osMemoryPoolFree(queue->blocks, block);
	return got;
}

static ssize_t answer_size(ssize_t got)
{
	return got < 0 ? answer((int)-got) : got;
}

ssize_t mq_receive(mqd_t mq, char *message, size_t size, unsigned int *priority)
{
	return answer_size(receive(mq, message, size, priority, NEVER));
}

ssize_t mq_timedreceive(mqd_t mq, char *message, size_t size, unsigned int *priority,
			const struct timespec *until)
{
	u64 deadline;

	if (!deadline_of(CLOCK_REALTIME, until, &deadline))
		return answer(EINVAL);
	return answer_size(receive(mq, message, size, priority, deadline));
}
