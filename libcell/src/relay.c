// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A channel that somebody asks for on the inner link is asked for on the outer one that
 * has the name, and the other way round, and each message goes on when the other side has
 * room for it. The windows of both channels are those of the programs at their ends, so
 * that these notice nothing of who is in between.
 */

#include <libcell/relay.h>

#include "wire.h"

/* So many may wait at a name; the program that has it says what it takes of them. */
#define BACKLOG		64

/* Both are not used any more: the other side of @p is told why. */
static void part(struct channel *c, struct channel *p, int reason)
{
	c->context = NULL;
	p->context = NULL;
	p->reason = reason;
	channel_close(c);
	channel_close(p);
}

/* A window by which no message comes that is too long to go on. */
static u32 window_for(u32 window, const struct channel_service *to)
{
	return window / 2 > to->longest ? to->longest * 2 : window;
}

/*
 * Where a channel is to go on: NULL if nobody has its name yet. With one outer link its
 * manager says so, which may be anywhere.
 */
static struct channel_service *way_of(struct relay *r, const struct channel *c)
{
	if (c->service != r->inner)
		return r->inner;
	if (r->num_outer == 1)
		return r->outer[0].service;
	for (u32 n = 0; n < r->num_outer; n++)
		if (name_is_known(r->outer[n].manager, c->name))
			return r->outer[n].service;
	return NULL;
}

/* Who waits for a name waits here, for it may come on any of several links. */
static bool looks(const struct relay *r, const struct channel *c)
{
	return c->service == r->inner && r->num_outer > 1;
}

static u32 begin(struct relay *r, struct channel *c)
{
	struct channel_service *to = way_of(r, c);
	struct channel *p;
	int ret = -ENOENT;

	/* who waits does so here, until its name is somewhere: also on the inner link */
	if (!to && c->waits && !name_is_known(r->inner_manager, c->name))
		return 0;
	if (to)
		ret = channel_connect(to, c->name, window_for(c->limit, c->service),
				      c->waits && !looks(r, c), &p);
	if (ret) {
		incoming_refuse(c, ret);
		return 1;
	}
	c->context = p;
	p->context = c;
	channel_stir(p);
	return 1;
}

static void meet(struct relay *r, struct channel *c, struct channel *p)
{
	int ret = channel_try_await(p);

	if (!ret)
		ret = incoming_accept(c, window_for(p->limit, p->service));
	if (!ret || ret == -EAGAIN)
		return;
	c->context = NULL;
	if (ret != -ENOENT || !c->waits || !looks(r, c))
		incoming_refuse(c, ret);
	p->context = NULL;
	channel_close(p);
}

/* What has come goes on; the number of messages. */
static u32 pass_on(struct channel *c, struct channel *p)
{
	u32 count = 0;
	int ret = 0;

	bulk_meet(c, p);
	while (c->queue.first && !ret) {
		ret = channel_forward(c, p);
		count += !ret;
	}
	if (ret == -EAGAIN || ret == -ENOTCONN)
		return count;
	/* what has come from a side that has closed is passed on before its end is */
	if (ret && (p->state != CHANNEL_CLOSED || c->state == CHANNEL_CLOSED || !p->queue.first))
		part(p, c, ret);
	else if (!ret && c->state == CHANNEL_CLOSED)
		part(c, p, c->reason);
	return count;
}

static u32 step(struct relay *r, struct channel *c)
{
	struct channel *p = c->context;
	enum channel_state before = c->state;

	if (c->state == CHANNEL_INCOMING && !p)
		return begin(r, c);
	if (!p || c->state == CHANNEL_FREE || c->state == CHANNEL_CLOSING)
		return 0;
	if (p->state == CHANNEL_FREE || p->context != c) {
		/* who asked does not want it any more */
		c->context = NULL;
		channel_close(c);
		return 1;
	}
	if (c->state == CHANNEL_INCOMING)
		meet(r, c, p);
	else if (p->state != CHANNEL_INCOMING)
		return pass_on(c, p) + (c->state != before);
	return c->state != before;
}

/* Nothing is left to be done for it until it is stirred again. */
static bool is_settled(const struct channel *c)
{
	const struct channel *p = c->context;

	if (c->state == CHANNEL_INCOMING)
		return false;
	return !p || c->state == CHANNEL_CLOSING || c->state == CHANNEL_FREE ||
	       (c->state == CHANNEL_OPEN && !c->queue.first && p->state == CHANNEL_OPEN &&
		p->context == c);
}

/* Those that something has happened to, or that wait for the other side. */
static u32 steps(struct relay *r, struct channel_service *s)
{
	u32 count = 0, n = s->lists[CHANNEL_STIRRED].count;
	struct channel *c;

	for (; n && (c = s->lists[CHANNEL_STIRRED].first); n--) {
		list_drop(c, CHANNEL_STIRRED);
		count += step(r, c);
		if (!is_settled(c))
			channel_stir(c);
	}
	return count;
}

/* 0: a name of the inner link is one on all outer links; -EAGAIN: not yet. */
static int hand_on(const struct relay *r, struct channeld_entry *e)
{
	int ret = 0;

	for (u32 n = 0; n < r->num_outer && (!ret || ret == -EAGAIN); n++) {
		struct channel **upstream = &e->upstreams[n];
		int one = *upstream ? 0 :
			  channel_listen(r->outer[n].service, e->name, BACKLOG, upstream);

		if (!one)
			one = channel_try_await(*upstream);
		ret = one ? one : ret;
	}
	return ret;
}

static void hand_on_names(const struct relay *r)
{
	struct channeld *d = r->inner_manager;
	struct channeld_entry *e, *next;
	int ret;

	for (e = name_after(d, NULL); e; e = next) {
		next = name_after(d, e);
		if (e->a.peer == d->link->id)
			continue;
		ret = hand_on(r, e);
		if (!ret)
			name_confirmed(d, e);
		else if (ret != -EAGAIN)
			name_refused(d, e, ret);
	}
}

int relay_open(struct relay *r, struct channeld *inner_manager, struct channel_service *inner)
{
	*r = (struct relay){
		.inner_manager = inner_manager, .inner = inner,
		.any = channel_new(inner, "*", CHANNEL_LISTENING),
	};
	if (!r->any)
		return -ENFILE;
	inner->relayed = true;
	r->any->backlog = inner->num_channels;
	channel_owe(r->any, WIRE_LISTEN);
	return 0;
}

int relay_join(struct relay *r, struct channel_service *outer, struct channeld *manager)
{
	if (r->num_outer == RELAY_LINKS)
		return -ENFILE;
	if (r->num_outer && (!manager || !r->outer[0].manager))
		return -EINVAL;
	outer->relayed = true;
	r->outer[r->num_outer++] = (struct relay_outer){ outer, manager };
	return 0;
}

u32 relay_poll(struct relay *r)
{
	u32 count;

	hand_on_names(r);
	count = steps(r, r->inner);
	for (u32 n = 0; n < r->num_outer; n++)
		count += steps(r, r->outer[n].service);
	return count;
}
