// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Two links as one, for their names and channels: a channel that somebody asks for on
 * one side is asked for on the other, and each message goes on when the other side has
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

static void begin(struct channel *c, struct channel_service *to)
{
	struct channel *p;
	int ret = channel_connect(to, c->name, window_for(c->limit, c->service), c->waits, &p);

	if (ret) {
		incoming_refuse(c, ret);
		return;
	}
	c->context = p;
	p->context = c;
}

static void meet(struct channel *c, struct channel *p)
{
	int ret = channel_try_await(p);

	if (!ret)
		ret = incoming_accept(c, window_for(p->limit, p->service));
	if (!ret || ret == -EAGAIN)
		return;
	c->context = NULL;
	incoming_refuse(c, ret);
	p->context = NULL;
	channel_close(p);
}

/* What has come goes on; the number of messages. */
static u32 pass_on(struct channel *c, struct channel *p)
{
	u32 count = 0;
	int ret = 0;

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

static u32 step(struct channel *c, struct channel_service *to)
{
	struct channel *p = c->context;
	enum channel_state before = c->state;

	if (c->state == CHANNEL_INCOMING && !p) {
		begin(c, to);
		return 1;
	}
	if (!p || c->state == CHANNEL_FREE || c->state == CHANNEL_CLOSING)
		return 0;
	if (p->state == CHANNEL_FREE || p->context != c) {
		/* who asked does not want it any more */
		c->context = NULL;
		channel_close(c);
		return 1;
	}
	if (c->state == CHANNEL_INCOMING)
		meet(c, p);
	else if (p->state != CHANNEL_INCOMING)
		return pass_on(c, p) + (c->state != before);
	return c->state != before;
}

static u32 steps(struct channel_service *s, struct channel_service *to)
{
	struct channel *c = s->channels;
	u32 count = 0;

	for (; c < s->channels + s->num_channels; c++)
		count += step(c, to);
	return count;
}

/* Names of programs on the inner link are names on the outer one, too. */
static void hand_on_names(struct relay *r)
{
	struct channeld *d = r->inner_manager;
	struct channeld_entry *e = d->entries;
	int ret;

	for (; e < d->entries + d->num_entries; e++) {
		if (!is_foreign_name(d, e))
			continue;
		ret = e->upstream ? 0 :
		      channel_listen(r->outer, e->name, BACKLOG, &e->upstream);
		if (!ret)
			ret = channel_try_await(e->upstream);
		if (!ret)
			name_confirmed(d, e);
		else if (ret != -EAGAIN)
			name_refused(d, e, ret);
	}
}

int relay_open(struct relay *r, struct channeld *inner_manager, struct channel_service *inner,
	       struct channel_service *outer)
{
	*r = (struct relay){
		.inner_manager = inner_manager, .inner = inner, .outer = outer,
		.any = channel_new(inner, "*", CHANNEL_LISTENING),
	};
	if (!r->any)
		return -ENFILE;
	r->any->backlog = inner->num_channels;
	channel_owe(r->any, WIRE_LISTEN);
	return 0;
}

u32 relay_poll(struct relay *r)
{
	hand_on_names(r);
	return steps(r->inner, r->outer) + steps(r->outer, r->inner);
}
