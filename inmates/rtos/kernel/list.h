/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef RTOS_LIST_H
#define RTOS_LIST_H

#include <jailhouse/types.h>

/* Circular, doubly linked; an entry that is in no list points to itself. */
struct list {
	struct list *next, *prev;
};

#define LIST(list)		{ &list, &list }

static inline void list_init(struct list *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list *list)
{
	return list->next == list;
}

/* After "at": the head adds at the front, the head's prev at the end. */
static inline void list_add(struct list *at, struct list *entry)
{
	entry->next = at->next;
	entry->prev = at;
	at->next->prev = entry;
	at->next = entry;
}

static inline void list_add_tail(struct list *list, struct list *entry)
{
	list_add(list->prev, entry);
}

static inline void list_remove(struct list *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	list_init(entry);
}

/* For an entry that nobody asks whether it is in a list. */
static inline void list_unlink(struct list *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
}

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr) - offsetof(type, member)))

#endif
