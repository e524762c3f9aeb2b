// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "table.h"

struct channeld_entry *entry_of(struct channeld *d, const struct channeld_side *side)
{
	size_t at = (size_t)((const u8 *)side - (const u8 *)d->entries);

	return d->entries + at / sizeof(struct channeld_entry);
}

static u32 bucket_of(const struct channeld *d, u32 hash)
{
	return (hash * d->secret >> 16) % CHANNELD_BUCKETS;
}

static struct channeld_node *sides_like(struct channeld *d, u32 peer, u32 handle)
{
	return &d->sides[bucket_of(d, handle ^ peer << 12)];
}

static u32 hash_of(const char *name)
{
	u32 hash = 0;

	for (; *name; name++)
		hash = hash * 31 + (u8)*name;
	return hash;
}

static struct channeld_node *names_like(struct channeld *d, const char *name)
{
	return &d->names[bucket_of(d, hash_of(name))];
}

struct channeld_node *waiting_for(struct channeld *d, const char *name)
{
	return &d->waiting[bucket_of(d, hash_of(name))];
}

/* Entries */

static void side_init(struct channeld_side *side)
{
	node_init(&side->due);
	node_init(&side->of);
	node_init(&side->hash);
}

void table_init(struct channeld *d, u32 num_entries)
{
	u32 n;

	d->num_entries = num_entries;
	for (n = 0; n < num_entries; n++) {
		d->entries[n].state = FREE;
		d->entries[n].next = (u16)(n + 2 <= num_entries ? n + 2 : 0);
	}
	d->free = 1;
	node_init(&d->all_names);
	for (n = 0; n < CHANNELD_BUCKETS; n++) {
		node_init(&d->sides[n]);
		node_init(&d->names[n]);
		node_init(&d->waiting[n]);
	}
	for (n = 0; n < IVSHMEM_MAX_PEERS; n++) {
		node_init(&d->peers[n].due);
		node_init(&d->peers[n].sides);
	}
}

void entry_is(struct channeld *d, struct channeld_entry *e, u32 state)
{
	e->state = state;
	if (state == NAME) {
		node_put(names_like(d, e->name), &e->by_name);
		node_put(&d->all_names, &e->b.of);
		return;
	}
	if (state == WAITING)
		node_put(waiting_for(d, e->name), &e->by_name);
	else
		node_drop(&e->by_name);
}

struct channeld_entry *entry_new(struct channeld *d, u32 from, const struct wire_control *m,
				 u32 state)
{
	struct channeld_peer *peer = &d->peers[from];
	struct channeld_entry *e;

	if (peer->entries == d->share) {
		d->stats.refused++;
		peer->refused++;
		return NULL;
	}
	/* there is one: all shares together are not more than the table */
	e = d->entries + d->free - 1;
	d->free = e->next;
	peer->entries++;
	*e = (struct channeld_entry){
		.ticket = handle_make(&d->generation, (u32)(e - d->entries)),
		.waits = m->value & 1, .class = WIRE_CLASS(m->value),
		.a = { .peer = from, .handle = m->handle, .window = m->window,
		       .there = true },
	};
	name_copy(e->name, m->name);
	side_init(&e->a);
	side_init(&e->b);
	node_init(&e->by_name);
	node_init(&e->offers);
	node_put(&peer->sides, &e->a.of);
	node_put(sides_like(d, from, m->handle), &e->a.hash);
	entry_is(d, e, state);
	return e;
}

void entry_accepted(struct channeld *d, struct channeld_entry *e, u32 handle)
{
	e->b.handle = handle;
	node_put(&d->peers[e->b.peer].sides, &e->b.of);
	node_put(sides_like(d, e->b.peer, handle), &e->b.hash);
}

void forget_held(struct channeld *d, struct channeld_entry *e)
{
	while (e->held.first) {
		queue_drop(&d->pool, &e->held);
		d->stats.lost++;
	}
	d->pool.left += e->quota;
	d->peers[e->a.peer].promised -= e->quota;
	e->quota = 0;
}

static void side_drop(struct channeld_side *side)
{
	node_drop(&side->due);
	node_drop(&side->of);
	node_drop(&side->hash);
}

void entry_free(struct channeld *d, struct channeld_entry *e)
{
	forget_held(d, e);
	for (u32 n = 0; n < CHANNELD_UPSTREAMS; n++)
		if (e->upstreams[n])
			channel_close(e->upstreams[n]);
	if (d->relay == e)
		d->relay = NULL;
	d->peers[e->a.peer].entries--;
	node_drop(&e->by_name);
	side_drop(&e->a);
	side_drop(&e->b);
	e->state = FREE;
	e->next = d->free;
	d->free = (u16)(e - d->entries + 1);
}

static void due_if(struct channeld *d, struct channeld_side *side, bool due)
{
	if (!due)
		node_drop(&side->due);
	else if (is_alone(&side->due))
		node_put(&d->peers[side->peer].due, &side->due);
}

void entry_settle(struct channeld *d, struct channeld_entry *e)
{
	bool over = e->state == DONE || (e->state == OPEN && !e->a.there && !e->b.there);

	if (over && !e->a.owes && !e->b.owes) {
		entry_free(d, e);
		return;
	}
	due_if(d, &e->a, e->a.owes || e->a.asked);
	due_if(d, &e->b, e->b.owes || e->b.asked || e->state == PASSING);
}

struct channeld_entry *name_after(struct channeld *d, const struct channeld_entry *e)
{
	struct channeld_node *node = e ? e->b.of.next : d->all_names.next;

	return node == &d->all_names ? NULL :
	       entry_of(d, node_of(struct channeld_side, of, node));
}

/* Looking for one */

struct channeld_entry *find_name(struct channeld *d, const char *name)
{
	for_each_node(node, names_like(d, name)) {
		struct channeld_entry *e = node_of(struct channeld_entry, by_name, node);

		if (name_equal(e->name, name))
			return e;
	}
	return NULL;
}

struct channeld_entry *find_ticket(struct channeld *d, u32 from, u32 ticket)
{
	struct channeld_entry *e = d->entries + handle_index(ticket);

	return handle_index(ticket) < d->num_entries && e->state == OFFERED &&
	       e->ticket == ticket && e->b.peer == from && !e->b.owes ? e : NULL;
}

static bool is_of(const struct channeld_side *side, u32 peer, u32 handle)
{
	return side->peer == peer && side->handle == handle;
}

struct channeld_side *find_side(struct channeld *d, u32 peer, u32 handle)
{
	for_each_node(node, sides_like(d, peer, handle)) {
		struct channeld_side *side = node_of(struct channeld_side, hash, node);

		if (side->there && is_of(side, peer, handle))
			return side;
	}
	return NULL;
}

struct channeld_entry *find_asker(struct channeld *d, u32 from, u32 handle)
{
	struct channeld_side *side = find_side(d, from, handle);
	struct channeld_entry *e = side ? entry_of(d, side) : NULL;

	return e && side == &e->a ? e : NULL;
}

struct channeld_entry *find_half(struct channeld *d, u32 from, const struct wire_control *m)
{
	for_each_node(node, sides_like(d, from, m->handle)) {
		struct channeld_side *side = node_of(struct channeld_side, hash, node);
		struct channeld_entry *e = entry_of(d, side);

		if (side == &e->b && e->state == OPEN && !side->there && e->a.there &&
		    is_of(side, from, m->handle) && is_of(&e->a, m->peer, m->other))
			return e;
	}
	return NULL;
}
