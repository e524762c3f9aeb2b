// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Calls of a program; what they wait for is done by service_poll(). */

#include "wire.h"

/* Others may have the service meanwhile. */
static int sleep_unguarded(struct channel_service *s, u32 seen, u64 timeout_us)
{
	int ret;

	service_leave(s);
	ret = libcell_wait(s->link, seen, timeout_us);
	service_enter(s);
	return ret;
}

bool wait_on(struct channel_service *s, struct wait *w, int *ret)
{
	u64 left;
	int error;

	if (*ret != -EAGAIN)
		return false;
	/* a handler waits for nobody, and what has come was handled before it */
	if (s->calling || (w->begun && !w->timeout_us)) {
		*ret = -ETIMEDOUT;
		return false;
	}
	/* the time is not looked at meanwhile: it is short */
	if (w->timeout_us && w->looks < s->link->looks) {
		w->looks++;
		service_leave(s);
		relax();
		service_enter(s);
	} else if (!w->begun) {
		w->begun = true;
		w->deadline = w->timeout_us ? deadline_of(s->link, w->timeout_us) : 0;
	} else {
		left = time_left(s->link, w->deadline);
		error = left ? 0 : -ETIMEDOUT;
		if (left && service_arm(s))
			error = sleep_unguarded(s, w->seen, left);
		if (error == -ETIMEDOUT)
			w->timeout_us = 0;	/* a last look */
		else if (error)
			*ret = error;
	}
	w->seen = libcell_events(s->link);
	service_poll(s);
	return *ret == -EAGAIN;
}

static int promise(struct channel_service *s, u32 window)
{
	if (window < CHANNEL_HOLD || window > 0xffff)
		return -EINVAL;
	if (window > s->pool.left)
		return -ENOMEM;
	s->pool.left -= window;
	return 0;
}

static int listen_to(struct channel_service *s, const char *name, struct channel **listener)
{
	if (s->refused)
		return s->refused;
	*listener = channel_new(s, name, CHANNEL_LISTENING);
	return *listener ? 0 : -ENFILE;
}

int channel_listen(struct channel_service *s, const char *name, u32 backlog,
		   struct channel **listener)
{
	int ret = name_check(name);

	if (ret || !backlog)
		return ret ? ret : -EINVAL;
	service_enter(s);
	ret = listen_to(s, name, listener);
	if (!ret) {
		(*listener)->backlog = backlog;
		channel_owe(*listener, WIRE_LISTEN);
	}
	service_leave(s);
	return ret;
}

static int connect_to(struct channel_service *s, const char *name, u32 window,
		      struct channel **c)
{
	int ret = s->refused ? s->refused : promise(s, window);

	if (ret)
		return ret;
	*c = channel_new(s, name, CHANNEL_CONNECTING);
	if (!*c) {
		s->pool.left += window;
		return -ENFILE;
	}
	(*c)->window = window;
	(*c)->peer = s->link->id;
	return 0;
}

int channel_connect(struct channel_service *s, const char *name, u32 window,
		    bool wait, struct channel **c)
{
	return channel_connect_class(s, name, window, wait, 0, c);
}

int channel_connect_class(struct channel_service *s, const char *name, u32 window,
			  bool wait, u32 class, struct channel **c)
{
	int ret = name_check(name);

	if (ret || class >= s->num_classes)
		return ret ? ret : -EINVAL;
	service_enter(s);
	ret = connect_to(s, name, window, c);
	if (!ret) {
		(*c)->waits = wait;
		(*c)->class = class;
		channel_owe(*c, WIRE_CONNECT);
	}
	service_leave(s);
	return ret;
}

int channel_try_await(const struct channel *c)
{
	switch (c->state) {
	case CHANNEL_LISTENING:
		return c->room ? 0 : -EAGAIN;
	case CHANNEL_OPEN:
		return 0;
	case CHANNEL_CLOSED:
		return c->reason;
	default:
		return -EAGAIN;
	}
}

int channel_await(struct channel *c, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do
		ret = channel_try_await(c);
	while (wait_on(c->service, &w, &ret));
	service_leave(c->service);
	return ret;
}

int incoming_accept(struct channel *c, u32 window)
{
	int ret = promise(c->service, window);

	if (ret)
		return ret;
	c->window = window;
	c->state = CHANNEL_ACCEPTED;
	c->listener->used--;
	c->handlers = c->listener->handlers;
	channel_owe(c, WIRE_ACCEPT);
	return 0;
}

void incoming_refuse(struct channel *c, int reason)
{
	c->listener->used--;
	c->reason = reason;
	c->state = CHANNEL_CLOSING;
	channel_owe(c, WIRE_REFUSE);
}

static int try_accept(struct channel *listener, u32 window, struct channel **c)
{
	struct channel_service *s = listener->service;
	struct channel *first = NULL, *at = s->channels;
	int ret;

	if (listener->state != CHANNEL_LISTENING)
		return listener->state == CHANNEL_CLOSED ? listener->reason : -EINVAL;
	for (; listener->used && at < s->channels + s->num_channels; at++)
		if (at->state == CHANNEL_INCOMING && at->listener == listener &&
		    (!first || at->order < first->order))
			first = at;
	if (!first)
		return -EAGAIN;
	ret = incoming_accept(first, window);
	if (!ret)
		*c = first;
	return ret;
}

int channel_accept(struct channel *listener, u32 window, u64 timeout_us,
		   struct channel **c)
{
	struct channel_service *s = listener->service;
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(s);
	do
		ret = try_accept(listener, window, c);
	while (wait_on(s, &w, &ret));
	/* what was accepted is told at once */
	service_poll(s);
	service_leave(s);
	return ret;
}

static int try_hold(struct channel *c, const void *message, u32 length)
{
	u32 blocks = blocks_of(length);
	int ret;

	/* half of the least window: any receiver takes it */
	if (blocks > CHANNEL_HOLD / 2 || blocks > c->room ||
	    !c->service->registered)
		return -EAGAIN;
	ret = control_send(c->service, WIRE_HOLD, c, message, length);
	if (ret)
		return -EAGAIN;		/* a manager that went says so to the next */
	c->room -= blocks;
	c->used += blocks;
	c->sent++;
	c->sent_bytes += length;
	return 0;
}

static int try_send(struct channel *c, const struct wire_call *call, const void *message,
		    u32 length)
{
	u32 blocks = blocks_of(length + (call ? (u32)sizeof(*call) : 0));
	int ret;

	if (c->state == CHANNEL_WAITING && !call)
		return try_hold(c, message, length);
	if (c->state == CHANNEL_CLOSED)
		return c->reason;
	if (c->state != CHANNEL_OPEN)
		return c->state == CHANNEL_LISTENING ? -EINVAL : -EAGAIN;
	if (blocks > c->limit / 2)
		return -EMSGSIZE;
	if (blocks > c->room)
		return -EAGAIN;
	ret = data_send(c, call, message, length);
	if (ret)
		return ret == -ENOTCONN ? -EAGAIN : ret;
	c->room -= blocks;
	c->sent++;
	c->sent_bytes += length;
	return 0;
}

void channel_wants(struct channel *c, u32 length)
{
	if (!c->handlers)
		return;
	c->wants = length + 1;
	c->service->stirred = true;
	list_put(c, CHANNEL_WANTS);
}

int channel_send_call(struct channel *c, const struct wire_call *call, const void *message,
		      u32 length, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do {
		ret = try_send(c, call, message, length);
		c->delays += ret == -EAGAIN && !w.begun;
	} while (wait_on(c->service, &w, &ret));
	if (ret == -ETIMEDOUT)
		channel_wants(c, length + (call ? (u32)sizeof(*call) : 0));
	service_leave(c->service);
	return ret;
}

int channel_send(struct channel *c, const void *message, u32 length,
		 u64 timeout_us)
{
	return channel_send_call(c, NULL, message, length, timeout_us);
}

static int try_receive(struct channel *c, const struct channel_receiver *r)
{
	u32 length;

	if (r->length != -EAGAIN)
		return r->length;
	if (c->state == CHANNEL_LISTENING)
		return -EINVAL;
	if (!c->queue.first)
		return c->state == CHANNEL_CLOSED ? c->reason : -EAGAIN;
	if (c->queue.first->bulk)
		return -ENOMSG;
	length = c->queue.first->length;
	if (length > r->size)
		return -EMSGSIZE;
	queue_copy(&c->queue, r->message);
	queue_take(c);
	return (int)length;
}

int channel_receive(struct channel *c, void *message, u32 size, u64 timeout_us)
{
	struct channel_receiver r = { message, size, -EAGAIN };
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do {
		ret = try_receive(c, &r);
		if (ret == -EAGAIN && !c->receiver)
			c->receiver = &r;
	} while (wait_on(c->service, &w, &ret));
	if (c->receiver == &r)
		c->receiver = NULL;
	/* it may have come while the wait ended for another reason */
	if (r.length != -EAGAIN)
		ret = r.length;
	service_leave(c->service);
	return ret;
}

/* Those that wait for this listener are the manager's again. */
static void drop_incoming(const struct channel *listener)
{
	struct channel_service *s = listener->service;
	struct channel *c = s->channels;

	for (; c < s->channels + s->num_channels; c++)
		if (c->state == CHANNEL_INCOMING && c->listener == listener)
			channel_free(c);
}

void channel_close(struct channel *c)
{
	struct channel_service *s = c->service;
	u32 owes = WIRE_CLOSE;

	service_enter(s);
	if (c->state == CHANNEL_LISTENING)
		drop_incoming(c);
	if (bulk_close(c) || c->state == CHANNEL_OPEN)
		c->owes_close = true;
	/* what the manager was not told of, it need not forget */
	if (c->owes == WIRE_CONNECT || c->owes == WIRE_LISTEN)
		owes = 0;
	if (c->owes == WIRE_ACCEPT) {
		owes = WIRE_REFUSE;
		c->reason = -ECONNREFUSED;
	}
	queue_clear(&s->pool, &c->queue);
	calls_end(c, -ENOTCONN);
	c->handlers = NULL;
	list_drop(c, CHANNEL_NEWS);
	c->wants = 0;
	c->state = CHANNEL_CLOSING;
	channel_owe(c, owes);
	service_poll(s);
	service_leave(s);
}

int channel_flush(struct channel_service *s, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(s);
	do
		ret = s->lists[CHANNEL_DEBTS].first ? -EAGAIN : 0;
	while (wait_on(s, &w, &ret));
	service_leave(s);
	return ret;
}
