/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_HEAP_H
#define RTOS_HEAP_H

#include <jailhouse/types.h>

/*
 * A leftist heap: the smallest key first, equal keys in the order in which they
 * came. No memory but the nodes; adding and removing any node takes at most
 * 2 log2(n + 1) steps, looking at the first one takes none.
 */
struct heap_node {
	struct heap_node *left, *right, *parent;
	u64 key;
	u64 sequence;
	u32 rank;	/* steps to the next missing child; 0: in no heap */
};

struct heap {
	struct heap_node *root;
	u64 sequence;
};

/* The only node, if there is one and no other, else NULL. */
static inline struct heap_node *heap_only(const struct heap *heap)
{
	/* without a left one there is no right one */
	return heap->root && !heap->root->left ? heap->root : NULL;
}

static inline void heap_remove_only(struct heap *heap)
{
	heap->root->rank = 0;
	heap->root = NULL;
}

void heap_add(struct heap *heap, struct heap_node *node, u64 key);
void heap_remove(struct heap *heap, struct heap_node *node);

static inline bool heap_has(const struct heap_node *node)
{
	return node->rank != 0;
}

#endif
