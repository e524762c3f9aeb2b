// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Requests and answers as messages of a channel. */

#include <libcell/call.h>

#include "wire.h"

static void call_over(struct channel_call **at, int ret)
{
	struct channel_call *call = *at;

	*at = call->next;
	call->channel = NULL;
	call->ret = ret;
}

void calls_end(struct channel *c, int reason)
{
	while (c->calls)
		call_over(&c->calls, reason);
}

static struct channel_call **find_call(struct channel *c, u32 id)
{
	struct channel_call **at = &c->calls;

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

/* What the first message begins with; others than @what are dropped before it. */
static bool next_of(struct channel *c, u32 what, struct wire_call *head)
{
	u32 length;

	/* bulk is left for who knows what it is */
	while (c->queue.first && !c->queue.first->bulk) {
		length = c->queue.first->length;
		if (length >= sizeof(*head))
			memcpy(head, c->queue.first->data, sizeof(*head));
		if (length >= sizeof(*head) && head->what == what)
			return true;
		c->service->stats.violations++;
		queue_take(c);
	}
	return false;
}

static void take_answer(struct channel *c, const struct wire_call *head)
{
	u32 length = c->queue.first->length - (u32)sizeof(*head);
	struct channel_call **at = find_call(c, head->id), *call = *at;

	if (!call) {
		c->service->stats.late++;
	} else if (length > call->size) {
		call_over(at, -EMSGSIZE);
	} else {
		queue_copy_behind(&c->queue, sizeof(*head), call->answer);
		call_over(at, (int)length);
	}
	queue_take(c);
}

/* All answers that are there go to their calls; then these end with the channel. */
static void sort_answers(struct channel *c)
{
	struct wire_call head;

	while (next_of(c, WIRE_ANSWER, &head))
		take_answer(c, &head);
	if (c->state == CHANNEL_CLOSED)
		calls_end(c, c->reason);
}

static int send_call(struct channel *c, const struct wire_call *head, const void *message,
		     u32 length, u64 timeout_us)
{
	if (length > 0xffffffffU - sizeof(*head))
		return -EMSGSIZE;
	return channel_send_call(c, head, message, length, timeout_us);
}

int channel_call_begin(struct channel *c, struct channel_call *call, const void *request,
		       u32 length, void *answer, u32 size, u64 timeout_us)
{
	struct wire_call head = { .what = WIRE_REQUEST };
	int ret;

	/* listed first: another thread may have the service when it has been sent */
	service_enter(c->service);
	head.id = ++c->call;
	*call = (struct channel_call){
		.service = c->service, .channel = c, .next = c->calls,
		.id = head.id, .answer = answer, .size = size,
	};
	c->calls = call;
	service_leave(c->service);
	ret = send_call(c, &head, request, length, timeout_us);
	if (ret)
		channel_call_cancel(call);
	return ret;
}

static int try_call(struct channel_call *call)
{
	if (call->channel)
		sort_answers(call->channel);
	return call->channel ? -EAGAIN : call->ret;
}

int channel_call_await(struct channel_call *call, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(call->service);
	do
		ret = try_call(call);
	while (wait_on(call->service, &w, &ret));
	service_leave(call->service);
	return ret;
}

void channel_call_cancel(struct channel_call *call)
{
	service_enter(call->service);
	if (call->channel)
		call_over(find_call(call->channel, call->id), -ETIMEDOUT);
	service_leave(call->service);
}

int channel_call(struct channel *c, const void *request, u32 length, void *answer,
		 u32 size, u64 timeout_us)
{
	struct libcell_link *link = c->service->link;
	u64 deadline = deadline_of(link, timeout_us);
	struct channel_call call;
	int ret = channel_call_begin(c, &call, request, length, answer, size, timeout_us);

	if (ret)
		return ret;
	ret = channel_call_await(&call, time_left(link, deadline));
	channel_call_cancel(&call);
	return ret;
}

static int try_request(struct channel *c, u32 *id, void *request, u32 size)
{
	struct wire_call head;
	u32 length;

	if (!next_of(c, WIRE_REQUEST, &head))
		return c->queue.first ? -ENOMSG :
		       c->state == CHANNEL_CLOSED ? c->reason : -EAGAIN;
	length = c->queue.first->length - (u32)sizeof(head);
	if (length > size)
		return -EMSGSIZE;
	queue_copy_behind(&c->queue, sizeof(head), request);
	queue_take(c);
	*id = head.id;
	return (int)length;
}

int channel_request(struct channel *c, u32 *id, void *request, u32 size, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do
		ret = try_request(c, id, request, size);
	while (wait_on(c->service, &w, &ret));
	service_leave(c->service);
	return ret;
}

int channel_answer(struct channel *c, u32 id, const void *answer, u32 length,
		   u64 timeout_us)
{
	const struct wire_call head = { .id = id, .what = WIRE_ANSWER };

	return send_call(c, &head, answer, length, timeout_us);
}
