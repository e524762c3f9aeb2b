// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Messages in a ring of bytes. Each has a word before it with its length, or
 * PAD: the rest of the ring up to its end is left out, so that the message can
 * be in one piece. The producer publishes a pad by itself, so that any message
 * that fits into the ring at all gets through in the end.
 */

#include <libcell/bytes.h>

#include "port.h"

#define PAD		0xffffffffU

static u64 space_of(u32 length)
{
	return LIBCELL_BYTES_HEADER + (((u64)length + 7) & ~7ULL);
}

static void produce(struct libcell_producer *p, u32 header, u32 space)
{
	*(u64 *)(void *)(p->data + p->slot) = header;
	libcell_commit(p, space);
}

int libcell_bytes_reserve(struct libcell_producer *p, void **message,
			  u32 length)
{
	u64 space = space_of(length);
	u32 room, to_end;
	int ret;

	if (space > p->count)
		return -EMSGSIZE;
	ret = producer_room(p, (u32)space, &room);
	if (ret)
		return ret;
	to_end = p->count - p->slot;
	if (space > to_end) {
		ret = producer_room(p, to_end, &room);
		if (ret)
			return ret;
		if (room < to_end)
			return -EAGAIN;
		produce(p, PAD, to_end);
		ret = producer_room(p, (u32)space, &room);
		if (ret)
			return ret;
	}
	if (room < space)
		return -EAGAIN;
	*message = p->data + p->slot + LIBCELL_BYTES_HEADER;
	return 0;
}

int libcell_bytes_commit(struct libcell_producer *p, u32 length)
{
	produce(p, length, (u32)space_of(length));
	return 0;
}

static void consume(struct libcell_consumer *c, u32 space)
{
	u64 old = c->tail;

	c->tail += space;
	c->slot += space;
	if (c->slot == c->count)
		c->slot = 0;
	end_publish(&c->end, old, c->tail);
}

int libcell_bytes_peek(struct libcell_consumer *c, const void **message,
		       u32 *length)
{
	u32 fill, to_end;
	u64 header;
	int ret;

	for (;;) {
		ret = consumer_fill(c, &fill);
		if (ret)
			return ret;
		to_end = c->count - c->slot;
		/* room for the word: indices and size are multiples of 8 */
		if (fill % 8)
			return end_violated(&c->end);
		header = load((const u64 *)(const void *)(c->data + c->slot));
		if (header != PAD)
			break;
		if (to_end > fill)
			return end_violated(&c->end);
		consume(c, to_end);
	}
	if (header > c->count || space_of((u32)header) > fill ||
	    space_of((u32)header) > to_end)
		return end_violated(&c->end);
	*message = c->data + c->slot + LIBCELL_BYTES_HEADER;
	*length = (u32)header;
	return 0;
}

int libcell_bytes_release(struct libcell_consumer *c, u32 length)
{
	int ret = consumer_check(c);

	if (!ret)
		consume(c, (u32)space_of(length));
	return ret;
}

int libcell_bytes_send(struct libcell_producer *p, const void *message,
		       u32 length, u64 timeout_us)
{
	void *room = NULL;
	struct libcell_pause pause = { .timeout_us = timeout_us };
	int ret;

	do
		ret = libcell_bytes_reserve(p, &room, length);
	while (end_pause(&p->end, &pause, p->end.up, p->tail, &ret));
	if (ret < 0)
		return ret;
	memcpy(room, message, length);
	return libcell_bytes_commit(p, length);
}

int libcell_bytes_receive(struct libcell_consumer *c, void *message, u32 size,
			  u64 timeout_us)
{
	const void *there = NULL;
	struct libcell_pause pause = { .timeout_us = timeout_us };
	u32 length = 0;
	int ret;

	do
		ret = libcell_bytes_peek(c, &there, &length);
	while (end_pause(&c->end, &pause, c->end.up, c->tail, &ret));
	if (ret < 0)
		return ret;
	if (length > size)
		return -EMSGSIZE;
	memcpy(message, there, length);
	ret = libcell_bytes_release(c, length);
	return ret ? ret : (int)length;
}
