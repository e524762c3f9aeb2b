/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_TABLE_H
#define LIBCELL_TABLE_H

#include <libcell/channeld.h>

#include "wire.h"

/*
 * The manager's table: names and channels, found by what a request has of them. No
 * request looks at entries that are not about its own peer, name or channel.
 */

enum entry_state {
	FREE,
	NAME,		/* side a listens */
	WAITING,	/* a has connected; nobody listens */
	OFFERED,	/* the listener was asked */
	STOPPING,	/* accepted; a was told to hold nothing more */
	PASSING,	/* what was held goes to b */
	OPEN,
	DONE,		/* but for what its sides have to be told */
};

#define node_of(type, member, node)	((type *)(void *)((u8 *)(node) - offsetof(type, member)))
/* Of a list that stays as it is. */
#define for_each_node(node, list)						\
	for (struct channeld_node *node = (list)->next; node != (list); node = node->next)

static inline void node_init(struct channeld_node *node)
{
	node->next = node;
	node->before = node;
}

static inline bool is_alone(const struct channeld_node *node)
{
	return node->next == node;
}

/* Out of its list, if it is in one. */
static inline void node_drop(struct channeld_node *node)
{
	node->next->before = node->before;
	node->before->next = node->next;
	node_init(node);
}

/* To the end of a list, out of any other. */
static inline void node_put(struct channeld_node *list, struct channeld_node *node)
{
	node_drop(node);
	node->next = list;
	node->before = list->before;
	list->before->next = node;
	list->before = node;
}

void table_init(struct channeld *d, u32 num_entries);

struct channeld_entry *entry_of(struct channeld *d, const struct channeld_side *side);

/* Of the peer that asks; NULL: it has its share. */
struct channeld_entry *entry_new(struct channeld *d, u32 from, const struct wire_control *m,
				 u32 state);
/* With the lists that go by it. */
void entry_is(struct channeld *d, struct channeld_entry *e, u32 state);
/* Side b is somebody's with a handle of its own. */
void entry_accepted(struct channeld *d, struct channeld_entry *e, u32 handle);
/*
 * After any change of what its sides have to be told, or whether they are there: the
 * entry is free if nobody needs it any more.
 */
void entry_settle(struct channeld *d, struct channeld_entry *e);
/* Nobody is told anything. */
void entry_free(struct channeld *d, struct channeld_entry *e);
void forget_held(struct channeld *d, struct channeld_entry *e);

struct channeld_entry *find_name(struct channeld *d, const char *name);
/* Those that wait for it, among others. */
struct channeld_node *waiting_for(struct channeld *d, const char *name);
struct channeld_entry *find_ticket(struct channeld *d, u32 from, u32 ticket);
struct channeld_side *find_side(struct channeld *d, u32 peer, u32 handle);
/* What a peer has asked for. */
struct channeld_entry *find_asker(struct channeld *d, u32 from, u32 handle);
/* The other half of a channel that both sides tell of: see WIRE_HAVE. */
struct channeld_entry *find_half(struct channeld *d, u32 from, const struct wire_control *m);

/* The next thing that @from may see, from @cursor on, of all managers that show theirs by @d. */
u32 table_see(struct channeld *d, u32 from, u32 cursor, bool count,
	      struct channel_seen *seen, bool *found);

#endif /* LIBCELL_TABLE_H */
