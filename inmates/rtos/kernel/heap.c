// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "heap.h"

static u32 rank_of(const struct heap_node *node)
{
	return node ? node->rank : 0;
}

static bool is_before(const struct heap_node *a, const struct heap_node *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	return a->sequence < b->sequence;
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

/* Puts node where old was. */
static void replace(struct heap *heap, struct heap_node *parent,
		    const struct heap_node *old, struct heap_node *node)
{
	if (!parent)
		heap->root = node;
	else if (parent->left == old)
		parent->left = node;
	else
		parent->right = node;
	if (node)
		node->parent = parent;
}

/*
 * Merges two heaps along their right edges, which are at most log2(n + 1) long,
 * then settles the ranks on the way back up to the heap that "parent" is the
 * root of. Returns the merged heap's root.
 */
static struct heap_node *merge(struct heap_node *a, struct heap_node *b)
{
	struct heap_node *root = NULL, *last = NULL;

	while (a && b) {
		struct heap_node *first = is_before(a, b) ? a : b;

		if (first == a)
			a = a->right;
		else
			b = b->right;
		first->parent = last;
		if (last)
			last->right = first;
		else
			root = first;
		last = first;
	}
	a = a ? a : b;
	if (!last) {
		if (a)
			a->parent = NULL;
		return a;
	}
	last->right = a;
	if (a)
		a->parent = last;
	for (; last; last = last->parent)
		settle(last);
	return root;
}

void heap_add(struct heap *heap, struct heap_node *node, u64 key)
{
	node->left = NULL;
	node->right = NULL;
	node->parent = NULL;
	node->key = key;
	node->sequence = heap->sequence++;
	node->rank = 1;
	heap->root = heap->root ? merge(heap->root, node) : node;
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	struct heap_node *parent = node->parent;

	/* without a left one there is no right one */
	replace(heap, parent, node,
		node->left ? merge(node->left, node->right) : NULL);
	node->rank = 0;
	for (; parent; parent = parent->parent)
		if (!settle(parent))
			break;
}
