// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * What a manager has, shown piece by piece: a request looks at a few entries, and says
 * where the next one is to go on. What went by a channel, its ends know: they are asked,
 * and what they answer is there when one looks again.
 */

#include "table.h"

/* A cursor is the number of a manager, and of a peer or, after all of these, an entry. */
#define PLACE_BITS	20
/* So much is looked at for a request. */
#define LOOK		64

static const u32 kinds[] = {
	[NAME] = CHANNEL_SEEN_NAME,
	[WAITING] = CHANNEL_SEEN_WAITING,
	[OFFERED] = CHANNEL_SEEN_OFFERED,
	[STOPPING] = CHANNEL_SEEN_ACCEPTED,
	[PASSING] = CHANNEL_SEEN_ACCEPTED,
	[OPEN] = CHANNEL_SEEN_OPEN,
	[DONE] = CHANNEL_SEEN_CLOSING,
};

static void name_link(const struct channeld *d, struct channel_seen *seen)
{
	for (u32 n = 0; d->name && n < CHANNEL_LINK - 1 && d->name[n]; n++)
		seen->link[n] = d->name[n];
}

/* Of a manager with rules, a peer sees itself, its channels, and what it may connect to. */
static bool may_see(const struct channeld *d, const struct channeld_entry *e, u32 from)
{
	return e->a.peer == from || (e->state > WAITING && e->b.peer == from) ||
	       (e->state == NAME && d->may(d, from, e->name, CHANNELD_SEE));
}

static bool see_peer(const struct channeld *d, u32 peer, struct channel_seen *seen)
{
	const struct channeld_peer *p = &d->peers[peer];

	if (!p->greeted && !p->requests)
		return false;
	*seen = (struct channel_seen){
		.kind = CHANNEL_SEEN_PEER, .peer = { peer, peer }, .there = p->greeted,
		.entries = p->entries, .requests = p->requests, .refused = p->refused,
		.denied = p->denied, .violations = p->violations,
	};
	return true;
}

/* Who was handed on by the relay waits, as far as one sees here. */
static u32 kind_of(const struct channeld *d, const struct channeld_entry *e)
{
	return e->state == OFFERED && d->relay && e->b.peer == d->relay->a.peer &&
	       e->b.handle == d->relay->a.handle ? CHANNEL_SEEN_WAITING : kinds[e->state];
}

static bool see_entry(struct channeld *d, struct channeld_entry *e, bool count,
		      struct channel_seen *seen)
{
	/* the relay's name is its own business */
	if (e == d->relay)
		return false;
	*seen = (struct channel_seen){
		.kind = kind_of(d, e), .held = e->held.blocks,
		.peer = { e->a.peer, e->b.peer }, .there = e->a.there | (u32)e->b.there << 1,
		.ends = { e->a.counts, e->b.counts },
	};
	name_copy(seen->name, e->name);
	if (count && e->state == OPEN) {
		e->a.asked = e->a.there;
		e->b.asked = e->b.there;
		entry_settle(d, e);
	}
	return true;
}

/* True: it is the last one of all. */
static bool step(struct channeld **d, u32 *cursor)
{
	u32 places = (*d)->link->max_peers + (*d)->num_entries;

	if ((*cursor & ((1U << PLACE_BITS) - 1)) + 1 < places) {
		++*cursor;
		return false;
	}
	*cursor = ((*cursor >> PLACE_BITS) + 1) << PLACE_BITS;
	*d = (*d)->also;
	return !*d;
}

/* What is at a place; one that @from may not see is empty. */
static bool see_place(struct channeld *d, u32 from, u32 place, bool count, bool all,
		      struct channel_seen *seen)
{
	struct channeld_entry *e = d->entries + place - d->link->max_peers;

	if (place < d->link->max_peers)
		return (all || place == from) && see_peer(d, place, seen);
	return place - d->link->max_peers < d->num_entries && e->state != FREE &&
	       (all || may_see(d, e, from)) && see_entry(d, e, count, seen);
}

u32 table_see(struct channeld *d, u32 from, u32 cursor, bool count,
	      struct channel_seen *seen, bool *found)
{
	bool all = d->one_system || !d->may;
	u32 place, n;

	*found = false;
	for (n = cursor >> PLACE_BITS; n && d; n--)
		d = d->also;
	for (n = 0; d && n < LOOK && !*found; n++) {
		place = cursor & ((1U << PLACE_BITS) - 1);
		*found = see_place(d, from, place, count, all, seen);
		if (*found)
			name_link(d, seen);
		if (step(&d, &cursor))
			return 0;
	}
	return d ? cursor : 0;
}

void channeld_show(struct channeld *d, struct channeld *other)
{
	while (d->also)
		d = d->also;
	d->also = other;
}

/* The program that looks */

void entry_came(struct channel_service *s, const struct wire_control *m, const void *payload,
		u32 length)
{
	struct channel_look *look = &s->look;

	if (!look->asked || m->handle != look->cursor) {
		s->stats.stale++;
		return;
	}
	look->asked = false;
	look->next = m->other;
	look->found = length == sizeof(look->seen);
	if (!look->found)
		return;
	memcpy(&look->seen, payload, sizeof(look->seen));
	look->seen.name[CHANNEL_NAME - 1] = 0;
	look->seen.link[CHANNEL_LINK - 1] = 0;
}

int counts_send(const struct channel *c)
{
	const struct libcell_link_stats *stats = &c->service->link->stats;
	const struct channel_counts counts = {
		.messages = c->sent, .bytes = c->sent_bytes, .waits = c->delays,
		.queue = c->queue.blocks, .high = c->high,
		.doorbells = load(&stats->doorbells), .suppressed = load(&stats->suppressed),
	};
	int ret = control_send(c->service, WIRE_COUNTED, c, &counts, sizeof(counts));

	return ret == -EAGAIN ? ret : 0;
}

/* -EAGAIN: not yet. */
static int try_see(struct channel_service *s, u32 cursor, bool count)
{
	const struct channel where = { .handle = cursor, .waits = count };
	struct channel_look *look = &s->look;

	if (!s->registered)
		look->asked = false;	/* a manager that comes is asked anew */
	else if (look->found == -EAGAIN && !look->asked)
		look->asked = !control_send(s, WIRE_LIST, &where, NULL, 0);
	return look->found;
}

/* The next place where there is something, or the end. */
static int see_next(struct channel_service *s, u32 cursor, bool count, u64 deadline)
{
	u64 left = 1;
	u32 seen;
	int ret = 0;

	/* what was asked before, and not answered in time, is not asked again */
	if (s->look.cursor != cursor)
		s->look = (struct channel_look){ .cursor = cursor, .found = -EAGAIN };
	while (!ret || ret == -ETIMEDOUT) {
		seen = libcell_events(s->link);
		channel_poll(s);
		if (try_see(s, cursor, count) != -EAGAIN)
			return s->look.found;
		if (!left)
			return -ETIMEDOUT;
		left = time_left(s->link, deadline);
		if (left && channel_arm(s))
			ret = libcell_wait(s->link, seen, left);
	}
	return ret;
}

int channel_see(struct channel_service *s, u32 *cursor, bool count, struct channel_seen *seen,
		u64 timeout_us)
{
	u64 deadline = deadline_of(s->link, timeout_us);
	int ret = 0;

	while (*cursor != CHANNEL_SEE_END && !ret) {
		ret = see_next(s, *cursor, count, deadline);
		if (ret < 0)
			return ret;
		*cursor = s->look.next ? s->look.next : CHANNEL_SEE_END;
		*seen = s->look.seen;
		s->look.cursor = CHANNEL_SEE_END;
	}
	return ret;
}
