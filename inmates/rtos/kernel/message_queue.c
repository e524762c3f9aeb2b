// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Message queues. A message is copied with the lock held: the time is that of
 * its size. The queued ones are in a heap, by priority, then by age: 2 log2(n)
 * steps.
 */

#include "kernel.h"

struct message {
	struct heap_node node;	/* key: 255 - priority */
	struct message *next_free;
	u64 data[];
};

struct message_queue {
	struct object object;
	u8 *memory;
	u32 size;		/* of a message's data */
	u32 stride;
	u32 capacity;
	u32 count;
	struct heap messages;
	struct message *first_free;
	u32 heap_size;
	struct wait_queue getters;
	struct wait_queue putters;
};

_Static_assert(sizeof(struct message_queue) <= RTOS_MESSAGE_QUEUE_CB_SIZE, "rtos.h");
_Static_assert(sizeof(struct message) <= RTOS_MESSAGE_OVERHEAD, "rtos.h");

/* What a waiting thread has put, or where it wants it. */
struct transfer {
	void *data;
	u8 *priority_to;	/* or NULL */
	u8 priority;
};

/*
 * memcpy() takes longer to look at a message than most take to be copied. Memory and
 * size are as aligned as its type, so nothing is left over after words; it is not
 * empty.
 */
#define COPY(type, to, from, size) do {					\
	u64 at = 0;							\
									\
	do {								\
		*(type *)(void *)((u8 *)(to) + at) =			\
			*(const type *)(const void *)((const u8 *)(from) + at); \
		at += sizeof(type);					\
	} while (at != (size));						\
} while (0)

static inline void copy(void *to, const void *from, u32 size)
{
	uintptr_t all = (uintptr_t)to | (uintptr_t)from | size;

	if (all % 8 == 0)
		COPY(u64, to, from, size);
	else if (all % 4 == 0)
		COPY(u32, to, from, size);
	else
		COPY(u8, to, from, size);
}

static void FOR_SIZE copy_apart(void *to, const void *from, u32 size)
{
	copy(to, from, size);
}

static void FOR_SIZE free_all(struct message_queue *queue)
{
	queue->messages.root = NULL;
	queue->count = 0;
	queue->first_free = NULL;
	for (u32 n = queue->capacity; n--; ) {
		struct message *message = (void *)(queue->memory +
						   (size_t)n * queue->stride);

		message->next_free = queue->first_free;
		queue->first_free = message;
	}
}

osMessageQueueId_t FOR_SIZE osMessageQueueNew(uint32_t msg_count, uint32_t msg_size,
					      const osMessageQueueAttr_t *attr)
{
	struct message_queue *queue;

	if (!msg_count || !msg_size || msg_size > 0x7fffff00)
		return NULL;
	queue = object_new(attr, RTOS_MESSAGE_QUEUE_CB_SIZE);
	if (!queue)
		return NULL;
	queue->size = msg_size;
	queue->stride = RTOS_MESSAGE_QUEUE_SIZE(1, msg_size);
	queue->capacity = msg_count;
	wait_queue_init(&queue->getters);
	wait_queue_init(&queue->putters);
	queue->memory = object_memory(attr, (u64)queue->stride * queue->capacity,
				     &queue->heap_size);
	if (!queue->memory) {
		object_drop(&queue->object);
		return NULL;
	}
	free_all(queue);
	atomic_set(&queue->object.kind, OBJECT_MESSAGE_QUEUE);
	return queue;
}

const char *osMessageQueueGetName(osMessageQueueId_t mq_id)
{
	return object_name(mq_id, OBJECT_MESSAGE_QUEUE);
}

/* Locked. The first free one, which has its data. */
static inline void queue_up(struct message_queue *queue, u8 priority)
{
	struct message *message = queue->first_free;

	queue->first_free = message->next_free;
	heap_add(&queue->messages, &message->node, 255U - priority);
	queue->count++;
}

/* Locked. A thread that waits for space, of which there is some, gets it. */
static void FOR_SIZE let_in(struct message_queue *queue, struct thread *putter)
{
	const struct transfer *transfer = putter->wait_data;

	copy_apart(queue->first_free->data, transfer->data, queue->size);
	queue_up(queue, transfer->priority);
	wait_end(putter, (u32)osOK);
}

/* Does what kernel_unlock(flags) does. */
static osStatus_t FOR_SIZE
wait_with(struct wait_queue *queue, void *data, u8 *priority_to, u8 priority, u32 timeout,
	  u64 flags)
{
	struct transfer transfer = { data, priority_to, priority };

	return (osStatus_t)wait_or_refuse(queue, &transfer, timeout, flags);
}

/* Locked. Where a thread that waits for a message wants it. */
static inline void *accept(const struct thread *getter, u8 priority)
{
	const struct transfer *transfer = getter->wait_data;

	if (transfer->priority_to)
		*transfer->priority_to = priority;
	return transfer->data;
}

osStatus_t osMessageQueuePut(osMessageQueueId_t mq_id, const void *msg_ptr,
			     uint8_t msg_prio, uint32_t timeout)
{
	osStatus_t status = osErrorParameter;
	struct message_queue *queue;
	struct thread *getter;
	u64 flags;
	void *to;

	if (!msg_ptr || (timeout && refused_in_isr()))
		return osErrorParameter;
	flags = kernel_lock();
	queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);
	if (queue) {
		/* a thread that waits for a message gets it directly */
		getter = waiting_thread(&queue->getters);
		if (!getter) {
			if (!queue->first_free)
				return wait_with(&queue->putters, (void *)(uintptr_t)msg_ptr, NULL,
					 msg_prio, timeout, flags);
			to = queue->first_free->data;
		} else {
			to = accept(getter, msg_prio);
		}
		copy(to, msg_ptr, queue->size);
		if (__builtin_expect(!getter, 1))
			queue_up(queue, msg_prio);
		else
			wait_end(getter, (u32)osOK);
		status = osOK;
	}
	kernel_unlock(flags);
	return status;
}

static inline struct message *message_of(struct heap_node *node)
{
	return container_of(node, struct message, node);
}

/* Locked. One that was taken out of the heap, and its data copied. */
static inline void empty(struct message_queue *queue, struct message *message,
			 u8 *priority)
{
	if (priority)
		*priority = (u8)(255 - message->node.key);
	message->next_free = queue->first_free;
	queue->first_free = message;
	queue->count--;
}

/* Locked. */
static void extract(struct message_queue *queue, void *data, u8 *priority)
{
	struct message *message = message_of(queue->messages.root);
	struct thread *putter;

	heap_remove(&queue->messages, &message->node);
	copy_apart(data, message->data, queue->size);
	empty(queue, message, priority);
	putter = waiting_thread(&queue->putters);
	if (putter)
		let_in(queue, putter);
}

/*
 * The only message, and nobody waits to put one: false if it is not as simple as
 * that, or to be refused. Nothing is called, so nothing is saved.
 */
static inline bool get_only(osMessageQueueId_t mq_id, void *data, u8 *priority, u32 timeout)
{
	u64 flags = irqs_save();
	struct message_queue *queue;
	struct heap_node *node = NULL;

	/* a copy may be long: that is measured where the lock says so */
	if ((!timeout || !masked_before(flags)) &&
	    !(SMP && this_cpu()->measures) && lock_try()) {
		queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);
		if (queue && !waiting_thread(&queue->putters))
			node = heap_only(&queue->messages);
		if (node) {
			heap_remove_only(&queue->messages);
			copy(data, message_of(node)->data, queue->size);
			empty(queue, message_of(node), priority);
		}
		lock_release();
	}
	irqs_restore(flags);
	return node;
}

static osStatus_t FOR_SIZE
get(osMessageQueueId_t mq_id, void *msg_ptr, u8 *msg_prio, u32 timeout)
{
	osStatus_t status = osOK;
	struct message_queue *queue;
	u64 flags;

	if (!msg_ptr || (timeout && refused_apart("osMessageQueueGet")))
		return osErrorParameter;
	flags = kernel_lock();
	queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);
	if (!queue) {
		status = osErrorParameter;
	} else if (queue->count) {
		extract(queue, msg_ptr, msg_prio);
	} else {
		return wait_with(&queue->getters, msg_ptr, msg_prio, 0, timeout, flags);
	}
	return call_end(flags, status);
}

osStatus_t osMessageQueueGet(osMessageQueueId_t mq_id, void *msg_ptr,
			     uint8_t *msg_prio, uint32_t timeout)
{
	if (msg_ptr && get_only(mq_id, msg_ptr, msg_prio, timeout))
		return osOK;
	return get(mq_id, msg_ptr, msg_prio, timeout);
}

uint32_t osMessageQueueGetCapacity(osMessageQueueId_t mq_id)
{
	const struct message_queue *queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);

	return queue ? queue->capacity : 0;
}

uint32_t osMessageQueueGetMsgSize(osMessageQueueId_t mq_id)
{
	const struct message_queue *queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);

	return queue ? queue->size : 0;
}

uint32_t osMessageQueueGetCount(osMessageQueueId_t mq_id)
{
	const struct message_queue *queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);

	return queue ? atomic_read(&queue->count) : 0;
}

uint32_t osMessageQueueGetSpace(osMessageQueueId_t mq_id)
{
	const struct message_queue *queue = object_get(mq_id, OBJECT_MESSAGE_QUEUE);

	return queue ? queue->capacity - atomic_read(&queue->count) : 0;
}

osStatus_t osMessageQueueReset(osMessageQueueId_t mq_id)
{
	u64 flags;
	struct message_queue *queue = call_begin(mq_id, OBJECT_MESSAGE_QUEUE, &flags);
	struct thread *putter;

	if (!queue)
		return (osStatus_t)flags;
	free_all(queue);
	for (;;) {
		putter = waiting_thread(&queue->putters);
		if (!putter || !queue->first_free)
			break;
		let_in(queue, putter);
	}
	return call_end(flags, osOK);
}

osStatus_t osMessageQueueDelete(osMessageQueueId_t mq_id)
{
	u64 flags;
	struct message_queue *queue = call_begin(mq_id, OBJECT_MESSAGE_QUEUE, &flags);

	if (!queue)
		return (osStatus_t)flags;
	wait_wake_all(&queue->getters, (u32)osErrorResource);
	wait_wake_all(&queue->putters, (u32)osErrorResource);
	if (queue->heap_size)
		alloc_free_locked(queue->memory, queue->heap_size);
	object_free(&queue->object);
	return call_end(flags, osOK);
}
