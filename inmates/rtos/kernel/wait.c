// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "wait.h"

static struct wait_node *of_priorities(struct list *entry)
{
	return container_of(entry, struct wait_node, priorities);
}

void wait_add(struct wait_queue *queue, struct wait_node *node, u32 priority)
{
	struct list *at = queue->priorities.next;
	struct list *after = &queue->threads;

	/* the first one that has less priority */
	while (at != &queue->priorities && of_priorities(at)->priority >= priority)
		at = at->next;
	if (at != &queue->priorities)
		after = &of_priorities(at)->threads;
	list_add_tail(after, &node->threads);

	node->priority = priority;
	list_init(&node->priorities);
	if (at->prev == &queue->priorities ||
	    of_priorities(at->prev)->priority != priority)
		list_add_tail(at, &node->priorities);
}
