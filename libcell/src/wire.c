// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* What programs and the manager have in common: names, queues, pairs of rings. */

#include "wire.h"

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '-' && c <= '9') || c == '_';	/* "-./0123456789" */
}

int name_check(const char *name)
{
	u32 n;

	for (n = 0; n < CHANNEL_NAME && name[n]; n++)
		if (!is_name_char(name[n]))
			return -EINVAL;
	if (n == CHANNEL_NAME)
		return -ENAMETOOLONG;
	return n ? 0 : -EINVAL;
}

bool name_equal(const char *a, const char *b)
{
	for (; *a == *b; a++, b++)
		if (!*a)
			return true;
	return false;
}

void name_copy(char *to, const char *from)
{
	u32 n = 0;

	for (; n < CHANNEL_NAME - 1 && from[n]; n++)
		to[n] = from[n];
	for (; n < CHANNEL_NAME; n++)
		to[n] = 0;
}

void pool_init(struct channel_pool *pool, struct channel_block *blocks, u32 num)
{
	pool->free = NULL;
	pool->left = num;
	for (; num; num--, blocks++) {
		blocks->next = pool->free;
		pool->free = blocks;
	}
}

void queue_put(struct channel_pool *pool, struct channel_queue *queue,
	       const void *message, u32 length)
{
	u32 blocks = blocks_of(length), left = length, part;
	const u8 *from = message;

	queue->blocks += blocks;
	for (; blocks; blocks--, from += part, left -= part) {
		struct channel_block *block = pool->free;

		pool->free = block->next;
		part = left < CHANNEL_BLOCK ? left : CHANNEL_BLOCK;
		memcpy(block->data, from, part);
		block->length = length;
		block->bulk = false;
		block->next = NULL;
		if (queue->first)
			queue->last->next = block;
		else
			queue->first = block;
		queue->last = block;
	}
}

u32 queue_drop(struct channel_pool *pool, struct channel_queue *queue)
{
	u32 blocks = blocks_of(queue->first->length), n;

	for (n = 0; n < blocks; n++) {
		struct channel_block *block = queue->first;

		queue->first = block->next;
		block->next = pool->free;
		pool->free = block;
	}
	queue->blocks -= blocks;
	return blocks;
}

void queue_copy(const struct channel_queue *queue, void *message)
{
	queue_copy_behind(queue, 0, message);
}

void queue_copy_behind(const struct channel_queue *queue, u32 skip, void *message)
{
	const struct channel_block *block = queue->first;
	u32 left = block->length - skip, part;
	u8 *to = message;

	for (; left; block = block->next, to += part, left -= part, skip = 0) {
		part = left < CHANNEL_BLOCK - skip ? left : CHANNEL_BLOCK - skip;
		memcpy(to, block->data + skip, part);
	}
}

void queue_clear(struct channel_pool *pool, struct channel_queue *queue)
{
	while (queue->first)
		queue_drop(pool, queue);
}

int duplex_open(struct channel_duplex *d, struct libcell_link *link,
		const struct duplex_setup *setup)
{
	const struct libcell_ring out = LIBCELL_BYTES(setup->out, setup->type, setup->bytes);
	const struct libcell_ring in = LIBCELL_BYTES(setup->in, setup->type, 0);
	int ret = libcell_open_producer(&d->out, link, setup->peer, &out);

	d->session = 0;
	d->blocked = false;
	d->drained = false;
	d->lost = false;
	return ret ? ret : libcell_open_consumer(&d->in, link, setup->peer, &in);
}

int duplex_reserve(struct channel_duplex *d, void **room, u32 length)
{
	int ret = libcell_bytes_reserve(&d->out, room, length);

	d->blocked |= ret == -EAGAIN;
	if (!d->out.end.error)
		return ret;
	libcell_reset_producer(&d->out);
	return -ECONNRESET;
}

static int look_at_out(struct channel_duplex *d)
{
	void *room;
	int ret = libcell_bytes_reserve(&d->out, &room, 0);

	if (!d->out.end.error)
		return ret;
	libcell_reset_producer(&d->out);
	return -ECONNRESET;
}

static int look_at_in(struct channel_duplex *d, const void **message, u32 *length)
{
	int ret = libcell_bytes_peek(&d->in, message, length);

	if (!d->in.end.error)
		return ret;
	libcell_reset_consumer(&d->in);
	return -ECONNRESET;
}

/* Out has gone, and with it the peer, but not before what it has sent is taken. */
static int peek_what_is_left(struct channel_duplex *d, const void **message, u32 *length)
{
	int ret = d->in.end.up ? look_at_in(d, message, length) : -ECONNRESET;

	d->drained = false;
	if (!ret)
		return 0;
	d->session = d->in.end.session;
	d->lost = false;
	return -ECONNRESET;
}

static bool is_gone(const struct channel_duplex *d)
{
	return load(&d->in.end.link->states[d->in.end.peer]) == IVSHMEM_STATE_RESET;
}

/* Both directions are what they were at the last look. */
static bool stands(const struct channel_duplex *d)
{
	return !d->lost && duplex_is_up(d) && d->in.end.session == d->session &&
	       end_stands(&d->out.end) && end_stands(&d->in.end);
}

int duplex_peek(struct channel_duplex *d, const void **message, u32 *length)
{
	bool again;
	int in;

	/* whoever has something to send tries again after this */
	d->blocked = false;
	/* the usual case; what is odd is left to what follows */
	if (stands(d)) {
		d->drained = load(&d->in.end.other->index) == d->in.tail;
		if (d->drained)
			return -EAGAIN;
		if (!libcell_bytes_peek(&d->in, message, length))
			return 0;
	}
	/*
	 * A new life's first word may come before we have noticed that what we
	 * sent to is gone: a new session is taken only after a look at that.
	 */
	do {
		d->lost |= look_at_out(d) == -ECONNRESET;
		if (d->lost)
			return peek_what_is_left(d, message, length);
		in = look_at_in(d, message, length);
		again = d->in.end.session != d->session;
		d->session = d->in.end.session;
	} while (again);
	d->drained = in == -EAGAIN;
	/* who has gone gets no answer */
	return in || d->out.end.up || is_gone(d) ? in : -ENOTCONN;
}

bool duplex_arm(struct channel_duplex *d)
{
	/* until we can answer, a message is left where it is */
	if (!d->out.end.up)
		return true;
	/* what has come waits for room to answer */
	if (d->blocked && d->in.head != d->in.tail)
		return libcell_arm_producer(&d->out);
	return libcell_arm_consumer(&d->in) &&
	       (!d->blocked || libcell_arm_producer(&d->out));
}
