// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "heap.h"

static u32 rank_of(const struct heap_node *node)
{
	return node ? node->rank : 0;
}

static unsigned __int128 order_of(const struct heap_node *node)
{
	return (unsigned __int128)node->key << 64 | node->sequence;
}

/* The lower rank belongs to the right. Says whether the node's rank changed. */
static bool settle(struct heap_node *node)
{
	u32 rank;

	if (rank_of(node->left) < rank_of(node->right)) {
		struct heap_node *left = node->left;

		node->left = node->right;
		node->right = left;
	}
	rank = rank_of(node->right) + 1;
	if (node->rank == rank)
		return false;
	node->rank = rank;
	return true;
}

#define RANK_UNKNOWN	(~0U)

/*
 * Merges two heaps along their right edges, which are at most log2(n + 1) long,
 * into a place below "parent". Then the ranks settle on the way back up, and above
 * that as far as they change.
 */
static void merge(struct heap_node **place, struct heap_node *parent,
		  struct heap_node *a, struct heap_node *b)
{
	while (a && b) {
		struct heap_node *first = order_of(a) < order_of(b) ? a : b;

		b = first == a ? b : a;
		a = first->right;
		first->rank = RANK_UNKNOWN;
		first->parent = parent;
		*place = first;
		place = &first->right;
		parent = first;
	}
	a = a ? a : b;
	*place = a;
	if (a)
		a->parent = parent;
	while (parent && settle(parent))
		parent = parent->parent;
}

void heap_add(struct heap *heap, struct heap_node *node, u64 key)
{
	node->left = NULL;
	node->right = NULL;
	node->parent = NULL;
	node->key = key;
	node->sequence = heap->sequence++;
	node->rank = 1;
	if (heap->root)
		merge(&heap->root, NULL, heap->root, node);
	else
		heap->root = node;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	struct heap_node *parent = node->parent, **place;

	if (heap_only(heap)) {
		heap_remove_only(heap);
		return;
	}
	place = !parent ? &heap->root :
		parent->left == node ? &parent->left : &parent->right;
	node->rank = 0;
	merge(place, parent, node->left, node->right);
}
