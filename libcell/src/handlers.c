// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * News of channels: those that have any are in a list, and the program's functions
 * are called for them in turn. A channel that is closed meanwhile leaves the list.
 */

#include "wire.h"

/* In an interrupt, before another one that lets the program go on in between. */
#define INTERRUPT_TURNS	4

/* Lists */

/* There is one of news for each class. */
static u32 head_of(const struct channel *c, enum channel_list which)
{
	return which == CHANNEL_NEWS ? which + c->class : which;
}

void list_put(struct channel *c, enum channel_list which)
{
	struct channel_service *s = c->service;
	u32 head = head_of(c, which);
	struct channel *last = s->lists[head].last;

	if (c->places[which].listed)
		return;
	c->places[which] = (struct channel_place){ .before = last, .listed = true };
	if (last)
		last->places[which].next = c;
	else
		s->lists[head].first = c;
	s->lists[head].last = c;
	s->lists[head].count++;
}

void list_drop(struct channel *c, enum channel_list which)
{
	struct channel_service *s = c->service;
	struct channel_place *place = &c->places[which];
	u32 head = head_of(c, which);

	if (!place->listed)
		return;
	place->listed = false;
	s->lists[head].count--;
	if (place->before)
		place->before->places[which].next = place->next;
	else
		s->lists[head].first = place->next;
	if (place->next)
		place->next->places[which].before = place->before;
	else
		s->lists[head].last = place->before;
}

/* News */

void channel_stir(struct channel *c)
{
	if (c->service->relayed)
		list_put(c, CHANNEL_STIRRED);
}

void channel_news(struct channel *c, u32 what)
{
	channel_stir(c);
	if (!c->handlers)
		return;
	c->news |= what;
	c->service->stirred = true;
	list_put(c, CHANNEL_NEWS);
}

void channel_set_class(struct channel *c, u32 class)
{
	list_drop(c, CHANNEL_NEWS);
	c->class = class;
	if (c->news)
		list_put(c, CHANNEL_NEWS);
}

void channel_set_handlers(struct channel *c, const struct channel_handlers *handlers)
{
	service_enter(c->service);
	list_drop(c, CHANNEL_NEWS);
	c->handlers = handlers;
	c->news = 0;
	if (c->state == CHANNEL_LISTENING && c->used)
		channel_news(c, NEWS_CONNECT);
	if (c->state == CHANNEL_OPEN)
		channel_news(c, NEWS_OPEN);
	if (c->queue.first)
		channel_news(c, NEWS_MESSAGE);
	if (c->state == CHANNEL_CLOSED)
		channel_news(c, NEWS_CLOSED);
	service_leave(c->service);
}

static void (*handler_for(const struct channel_handlers *handlers, u32 what))(struct channel *c)
{
	switch (what) {
	case NEWS_CONNECT:
		return handlers->connect;
	case NEWS_OPEN:
		return handlers->open;
	case NEWS_MESSAGE:
		return handlers->message;
	case NEWS_SPACE:
		return handlers->space;
	default:
		return handlers->closed;
	}
}

/* One function for one channel; what it has taken of more is news again. */
static void tell(struct channel *c)
{
	const u32 what = c->news & -c->news, asking = c->used;
	const struct channel_block *first = c->queue.first;
	void (*handler)(struct channel *c) = handler_for(c->handlers, what);

	list_drop(c, CHANNEL_NEWS);
	c->news &= ~what;
	if (handler)
		handler(c);
	/* closed; or the entry is another one's by now, which is well so */
	if (!c->handlers)
		return;
	if (what == NEWS_CONNECT && c->used && c->used < asking)
		c->news |= what;
	if (what == NEWS_MESSAGE && c->queue.first && c->queue.first != first)
		c->news |= what;
	if (c->news)
		list_put(c, CHANNEL_NEWS);
}

static u32 tell_class(struct channel_service *s, u32 class)
{
	struct channel *c;
	u32 calls = 0;

	while (calls < class_burst(s, class) && (c = s->lists[CHANNEL_NEWS + class].first)) {
		tell(c);
		calls++;
	}
	return calls;
}

/* Guarded. */
static u32 poll_and_tell(struct channel_service *s)
{
	u32 handled = service_poll(s), left = s->num_classes;

	if (s->calling)
		return handled;
	s->armed = false;
	s->stirred = false;
	s->calling = true;
	while (left--)
		handled += tell_class(s, left);
	s->calling = false;
	return handled;
}

static bool has_news(const struct channel_service *s)
{
	bool any = false;

	for (u32 n = 0; n < s->num_classes; n++)
		any |= s->lists[CHANNEL_NEWS + n].first != NULL;
	return any;
}

/* Guarded. */
static bool arm(struct channel_service *s)
{
	s->armed = !s->stirred && !has_news(s) && service_arm(s);
	return s->armed;
}

u32 channel_poll(struct channel_service *s)
{
	u32 handled;

	service_enter(s);
	handled = poll_and_tell(s);
	service_leave(s);
	return handled;
}

bool channel_arm(struct channel_service *s)
{
	bool idle;

	service_enter(s);
	idle = arm(s);
	service_leave(s);
	return idle;
}

int channel_turn(struct channel_service *s, u64 timeout_us)
{
	u32 seen;
	bool idle;

	service_enter(s);
	seen = libcell_events(s->link);
	poll_and_tell(s);
	idle = arm(s);
	service_leave(s);
	return idle ? libcell_wait(s->link, seen, timeout_us) : 0;
}

void service_ring_ourselves(struct channel_service *s)
{
	s->link->ops->doorbell(s->link, s->link->id);
}

void channel_interrupt(struct channel_service *s)
{
	bool idle = false;

	service_enter(s);
	for (u32 turn = 0; turn < INTERRUPT_TURNS && !idle; turn++) {
		poll_and_tell(s);
		idle = arm(s);
	}
	service_leave(s);
	if (!idle)
		service_ring_ourselves(s);
}

/* Guards */

void service_give(struct channel_service *s)
{
	bool wake = s->armed && s->stirred;

	if (wake)
		s->armed = false;
	s->guard->give(s->guard);
	if (wake)
		service_ring_ourselves(s);
}
