/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_WAIT_H
#define RTOS_WAIT_H

#include "list.h"

/*
 * Threads that wait for an object, by priority, equal ones in the order in
 * which they came. Adding takes a step per priority that is waited with (at
 * most 56), whatever the number of threads; removing takes none.
 */
struct wait_queue {
	struct list threads;	/* all, of struct wait_node.threads */
	struct list priorities;	/* the first of each priority */
};

#define WAIT_QUEUE(queue)	{ LIST(queue.threads), LIST(queue.priorities) }

struct wait_node {
	struct list threads;
	struct list priorities;
	u32 priority;
};

static inline void wait_queue_init(struct wait_queue *queue)
{
	list_init(&queue->threads);
	list_init(&queue->priorities);
}

void wait_add(struct wait_queue *queue, struct wait_node *node, u32 priority);
static inline void wait_remove(struct wait_queue *queue,
			       struct wait_node *node)
{
	struct list *next = node->threads.next;

	/* the next of the same priority becomes the first of them */
	if (!list_empty(&node->priorities)) {
		if (next != &queue->threads) {
			struct wait_node *heir = container_of(next, struct wait_node,
							      threads);

			if (heir->priority == node->priority)
				list_add(&node->priorities, &heir->priorities);
		}
		list_unlink(&node->priorities);
	}
	list_unlink(&node->threads);
}

#endif
