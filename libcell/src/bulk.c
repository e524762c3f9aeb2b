// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Blocks in shared memory. The arena is a piece of the own output section; each
 * channel with bulk has a part of it, with a head that says whose it is:
 *
 *	0	struct bulk_head
 *	64	blocks, each at a multiple of 64
 *
 * A block is known by its offset in the part. The receiver looks at the head after it
 * has read: if the sender has taken the part back, it has overwritten the head first.
 */

#include "wire.h"

/*
 * A part is sent by halves from here on: of less, it costs more to wake the other side for
 * each half than both save by having one each.
 */
#define LEAST_HALVED	16384

/* So many of a relay's channels can have all that they ask for, at least. */
#define RELAY_SHARE	4

/* Of a block of ours, or of the other side's. */
enum { FILLING, OUT, CAME, HELD, OWED };

#define ALIGNED(bytes) (((bytes) + CHANNEL_BULK_ALIGN - 1) & ~(u32)(CHANNEL_BULK_ALIGN - 1))

static struct bulk_head *head_of(const struct channel_service *s, u32 part)
{
	return (struct bulk_head *)(void *)((u8 *)s->link->output + part);
}

static u8 *own_data(const struct channel *c)
{
	return (u8 *)(head_of(c->service, c->bulk->part) + 1);
}

static const struct bulk_head *peer_head(const struct channel *c)
{
	const struct libcell_link *link = c->service->link;

	return (const void *)((const u8 *)link->outputs + c->peer * link->output_size +
			      c->bulk_peer.part);
}

/* Parts */

int bulk_setup(struct channel_service *s, const struct channel_setup *setup)
{
	u32 bytes = setup->arena == CHANNEL_ARENA_REST ? (u32)section_left(s->link) : setup->arena;

	if (section_take(s->link, 0, bytes))
		return -ENOMEM;
	s->arena = (u32)s->link->data;
	s->arena_size = bytes & ~(u32)(CHANNEL_BULK_ALIGN - 1);
	s->bulks = setup->bulks;
	s->num_bulks = setup->num_bulks;
	for (u32 n = 0; n < s->num_bulks; n++)
		s->bulks[n].handle = 0;
	return 0;
}

static void part_free(struct channel_service *s, struct channel_bulk *b)
{
	if (b->size) {
		store(&head_of(s, b->part)->owner, 0);
		/* Whoever reads what is written there next sees that it is not its own. */
		fence_release();
	}
	b->handle = 0;
}

/* The lowest place for a part from @at on that no other one is in; false: it is not @at. */
static bool is_free(const struct channel_service *s, u32 *at, u32 bytes)
{
	const struct channel_bulk *b = s->bulks;

	for (; b < s->bulks + s->num_bulks; b++) {
		u32 end = b->part + b->size + (u32)sizeof(struct bulk_head);

		if (b->handle && b->size && *at < end && b->part < *at + bytes) {
			*at = end;
			return false;
		}
	}
	return true;
}

static int find_part(const struct channel_service *s, u32 size, u32 *part)
{
	u32 bytes = size + (u32)sizeof(struct bulk_head);

	*part = s->arena;
	while (*part - s->arena + (u64)bytes <= s->arena_size)
		if (is_free(s, part, bytes))
			return 0;
	return -ENOMEM;
}

static struct channel_bulk *find_free(struct channel_service *s)
{
	struct channel_bulk *b = s->bulks;

	for (; b < s->bulks + s->num_bulks; b++)
		if (!b->handle)
			return b;
	return NULL;
}

/* Of those that are closed and not back yet, the one that has been so for longest. */
static bool reclaim(struct channel_service *s)
{
	struct channel_bulk *b = s->bulks, *oldest = NULL;

	for (; b < s->bulks + s->num_bulks; b++)
		if (b->handle && !b->channel && (!oldest || b->order < oldest->order))
			oldest = b;
	if (!oldest)
		return false;
	part_free(s, oldest);
	s->stats.reclaimed++;
	return true;
}

static bool can_have_bulk(const struct channel *c)
{
	return c->state != CHANNEL_FREE && c->state != CHANNEL_LISTENING &&
	       c->state != CHANNEL_CLOSED && c->state != CHANNEL_CLOSING && !c->bulk;
}

static int bulk_open(struct channel *c, u32 bytes)
{
	struct channel_service *s = c->service;
	struct channel_bulk *b;
	u32 part = 0;
	int ret;

	if (!can_have_bulk(c))
		return c->state == CHANNEL_CLOSED ? c->reason : -EINVAL;
	if (bytes > s->arena_size)
		return -ENOMEM;
	bytes = ALIGNED(bytes);
	do {
		b = find_free(s);
		ret = b ? 0 : -ENFILE;
		if (!ret && bytes)
			ret = find_part(s, bytes, &part);
	} while (ret && reclaim(s));
	if (ret)
		return ret;
	*b = (struct channel_bulk){
		.channel = c, .handle = c->handle, .part = part, .size = bytes,
		.largest = ~0U, .owes_open = true,
	};
	if (bytes)
		store_release(&head_of(s, part)->owner, c->handle);
	c->bulk = b;
	channel_debt(c);
	return 0;
}

int channel_bulk_open(struct channel *c, u32 bytes)
{
	int ret;

	service_enter(c->service);
	ret = bulk_open(c, bytes);
	service_leave(c->service);
	return ret;
}

/* Own blocks */

static void out_remove(struct channel_bulk *b, u32 index)
{
	for (b->count--; index < b->count; index++)
		b->out[index] = b->out[index + 1];
}

/* Room for a block, as first of what is free; its index, or b->count. */
static int out_insert(struct channel_bulk *b, u32 size, u32 *at)
{
	u32 n, m;

	*at = 0;
	for (n = 0; n < b->count && b->out[n].offset - *at < size; n++)
		*at = b->out[n].offset + b->out[n].length;
	if (b->size - *at < size && n == b->count)
		return -EAGAIN;
	for (m = b->count++; m > n; m--)
		b->out[m] = b->out[m - 1];
	b->out[n] = (struct channel_bulk_block){ *at, size, FILLING };
	return 0;
}

static int try_begin(struct channel *c, u32 size, void **buffer)
{
	struct channel_bulk *b = c->bulk;
	u32 at;
	int ret;

	if (c->state == CHANNEL_CLOSED)
		return c->reason;
	if (!b || !size)
		return -EINVAL;
	if (size > b->size)
		return -EMSGSIZE;
	if (!c->bulk_peer.blocks || b->owes_open || c->state != CHANNEL_OPEN)
		return -EAGAIN;
	if (size > c->bulk_peer.largest)
		return -EMSGSIZE;
	if (b->count == CHANNEL_BULK_BLOCKS || b->count >= c->bulk_peer.blocks)
		return -EAGAIN;
	ret = out_insert(b, ALIGNED(size), &at);
	if (!ret)
		*buffer = own_data(c) + at;
	return ret;
}

int channel_bulk_begin(struct channel *c, u32 size, void **buffer, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do
		ret = try_begin(c, size, buffer);
	while (wait_on(c->service, &w, &ret));
	if (ret == -ETIMEDOUT)
		c->bulk->wants = true;
	service_leave(c->service);
	return ret;
}

static struct channel_bulk_block *find_own(struct channel_bulk *b, u32 offset)
{
	for (u32 n = 0; n < b->count; n++)
		if (b->out[n].offset == offset)
			return &b->out[n];
	return NULL;
}

/* NULL: there is no such that is being filled in. */
static struct channel_bulk_block *find_filling(const struct channel *c, const void *buffer)
{
	uintptr_t offset = c->bulk ? (uintptr_t)buffer - (uintptr_t)own_data(c) : 0;
	struct channel_bulk_block *block;

	if (!c->bulk || offset >= c->bulk->size)
		return NULL;
	block = find_own(c->bulk, (u32)offset);
	return block && block->state == FILLING ? block : NULL;
}

static int try_commit(struct channel *c, const struct wire_bulk *m)
{
	struct channel_bulk_block *block = c->bulk ? find_own(c->bulk, m->offset) : NULL;
	int ret;

	if (c->state != CHANNEL_OPEN)
		return c->state == CHANNEL_CLOSED ? c->reason : -EINVAL;
	/* another thread may have released it meanwhile */
	if (!block || block->state != FILLING)
		return -EINVAL;
	if (!c->room)
		return -EAGAIN;
	ret = trunk_send(c, WIRE_BULK, m, sizeof(*m));
	if (ret)
		return ret == -ENOTCONN ? -EAGAIN : ret;
	block->state = OUT;
	c->room--;
	c->sent++;
	return 0;
}

/* The checksum is that of @source: what the buffer was filled in from, if it was. */
static int commit(struct channel *c, const void *buffer, const void *source, struct wire_bulk m,
		  u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	struct channel_bulk_block *block;
	int ret;

	service_enter(c->service);
	block = find_filling(c, buffer);
	ret = !block || m.length > block->length ? -EINVAL : 0;
	m.offset = ret ? 0 : block->offset;
	service_leave(c->service);
	if (ret || !m.length || m.flags & ~CHANNEL_BULK_CHECK)
		return -EINVAL;
	/* meanwhile, others have the service */
	if (m.flags)
		m.checksum = channel_crc32c(source, m.length);
	service_enter(c->service);
	do
		ret = try_commit(c, &m);
	while (wait_on(c->service, &w, &ret));
	if (ret == -ETIMEDOUT)
		channel_wants(c, sizeof(m));
	service_leave(c->service);
	return ret;
}

int channel_bulk_commit(struct channel *c, const void *buffer, u32 length, u32 flags,
			u64 timeout_us)
{
	return commit(c, buffer, buffer,
		      (struct wire_bulk){ .length = length, .flags = flags }, timeout_us);
}

/* Who had no room may have it now. */
static void tell_room(struct channel *c)
{
	if (!c->bulk || !c->bulk->wants)
		return;
	c->bulk->wants = false;
	channel_news(c, NEWS_SPACE);
}

static bool is_back(struct channel_bulk *b, u32 offset)
{
	struct channel_bulk_block *block = find_own(b, offset);

	if (!block || block->state != OUT)
		return false;
	out_remove(b, (u32)(block - b->out));
	return true;
}

static void all_back(struct channel_bulk *b)
{
	for (u32 n = b->count; n--;)
		if (b->out[n].state == OUT)
			out_remove(b, n);
}

static struct channel_bulk *find_bulk(struct channel_service *s, u32 peer, u32 handle)
{
	struct channel *c = channel_find(s, handle);
	struct channel_bulk *b;

	if (c && c->bulk)
		return c->peer == peer ? c->bulk : NULL;
	for (b = s->bulks; b < s->bulks + s->num_bulks; b++)
		if (b->handle && b->handle == handle && b->peer == peer && !b->channel)
			return b;
	return NULL;
}

bool bulk_released(struct channel_service *s, u32 peer, u32 handle, u32 offset)
{
	struct channel_bulk *b = find_bulk(s, peer, handle);

	if (!b || !is_back(b, offset))
		return false;
	if (b->channel)
		tell_room(b->channel);
	else if (!b->count)
		part_free(s, b);
	return true;
}

bool bulk_all_back(struct channel_service *s, u32 peer, u32 handle)
{
	struct channel_bulk *b = find_bulk(s, peer, handle);

	if (!b || b->channel)
		return false;
	part_free(s, b);
	return true;
}

void bulk_peer_gone(struct channel_service *s, u32 peer)
{
	struct channel_bulk *b = s->bulks;

	for (; b < s->bulks + s->num_bulks; b++)
		if (b->handle && !b->channel && b->peer == peer)
			part_free(s, b);
}

void bulk_ended(struct channel *c, bool gone)
{
	if (!c->bulk)
		return;
	all_back(c->bulk);
	c->bulk->deaf |= gone;
}

/* The other side's blocks */

/* 0: it is what it was when it was sent. After reading: what was read is of it. */
static int check_block(const struct channel *c)
{
	const struct channel_bulk_peer *peer = &c->bulk_peer;

	/* What was read of the block was read before this looks. */
	fence_acquire();
	if (load(peer->generation) != peer->bound)
		return -ECONNRESET;
	return load(&peer_head(c)->owner) == c->other ? 0 : -ESTALE;
}

static bool opens(struct channel *c, const struct wire_bulk_open *m)
{
	const struct libcell_link *link = c->service->link;
	const struct libcell_end *in = &trunk_of(c)->in.end;

	if (c->bulk_peer.blocks || !m->blocks || m->part % CHANNEL_BULK_ALIGN ||
	    m->size % CHANNEL_BULK_ALIGN || m->size > link->output_size ||
	    m->part + (u64)sizeof(struct bulk_head) > link->output_size - m->size)
		return false;
	c->bulk_peer = (struct channel_bulk_peer){
		.blocks = m->blocks, .largest = m->largest, .part = m->part, .size = m->size,
		.generation = &in->other->generation, .bound = in->bound,
	};
	tell_room(c);
	return true;
}

/* Within its part, beside those that are read, and not too many. */
static bool comes(struct channel *c, const struct wire_bulk *m)
{
	struct channel_bulk *b = c->bulk;
	u32 n;

	if (!b || b->in_count == CHANNEL_BULK_BLOCKS || m->offset % CHANNEL_BULK_ALIGN ||
	    m->offset > c->bulk_peer.size || !m->length ||
	    m->length > c->bulk_peer.size - m->offset || m->length > b->largest ||
	    c->queue.blocks + c->credit >= c->window)
		return false;
	for (n = 0; n < b->in_count; n++)
		if (b->in[n].state != OWED && m->offset < b->in[n].offset + b->in[n].length &&
		    b->in[n].offset < m->offset + m->length)
			return false;
	b->in[b->in_count++] = (struct channel_bulk_block){ m->offset, m->length, CAME };
	channel_queued(c, m, sizeof(*m));
	c->queue.last->bulk = true;
	return true;
}

bool bulk_frame(struct channel *c, u32 kind, const void *payload, u32 length)
{
	union {
		struct wire_bulk_open open;
		struct wire_bulk bulk;
	} m;

	channel_stir(c);
	if (kind == WIRE_BULK_OPEN && length == sizeof(m.open)) {
		memcpy(&m.open, payload, sizeof(m.open));
		return opens(c, &m.open);
	}
	if (kind == WIRE_BULK && length == sizeof(m.bulk)) {
		memcpy(&m.bulk, payload, sizeof(m.bulk));
		return comes(c, &m.bulk);
	}
	return false;
}

/* The first that is in this state and at this offset. */
static struct channel_bulk_block *find_in(struct channel_bulk *b, u32 offset, u32 state)
{
	struct channel_bulk_block *in = b->in;

	for (; in < b->in + b->in_count; in++)
		if (in->state == state && in->offset == offset)
			return in;
	return NULL;
}

/* To who waits for it, if anybody does. False: it is still owed. */
static bool give_back(struct channel *c, struct channel_bulk_block *in)
{
	struct channel_bulk *b = c->bulk;
	bool heard = !b->deaf && (c->state == CHANNEL_OPEN ||
				  (c->state == CHANNEL_CLOSED && c->reason != -EPROTO));

	if (heard &&
	    trunk_send(c, WIRE_RELEASE, &in->offset, sizeof(in->offset)) == -EAGAIN) {
		in->state = OWED;
		channel_debt(c);
		return false;
	}
	*in = b->in[--b->in_count];
	return true;
}

/* What comes next, if it is bulk; it stays. */
static int peek(const struct channel *c, struct wire_bulk *m)
{
	if (!c->bulk)
		return c->state == CHANNEL_CLOSED ? c->reason : -EINVAL;
	if (!c->queue.first)
		return c->state == CHANNEL_CLOSED ? c->reason : -EAGAIN;
	if (!c->queue.first->bulk)
		return -ENOMSG;
	queue_copy(&c->queue, m);
	return 0;
}

static int try_receive(struct channel *c, struct channel_bulk_data *block)
{
	struct channel_bulk_block *in;
	struct wire_bulk m;
	int ret = peek(c, &m);

	if (ret)
		return ret;
	in = find_in(c->bulk, m.offset, CAME);
	in->state = HELD;
	*block = (struct channel_bulk_data){
		.data = (const u8 *)(peer_head(c) + 1) + m.offset,
		.length = m.length, .checked = m.flags & CHANNEL_BULK_CHECK,
		.checksum = m.checksum, .left = m.left,
	};
	queue_take(c);
	ret = check_block(c);
	if (ret)
		give_back(c, in);
	return ret;
}

int channel_bulk_receive(struct channel *c, struct channel_bulk_data *block,
			 u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	service_enter(c->service);
	do
		ret = try_receive(c, block);
	while (wait_on(c->service, &w, &ret));
	service_leave(c->service);
	return ret;
}

static int bulk_release(struct channel *c, const void *buffer)
{
	struct channel_bulk_block *block = find_filling(c, buffer);
	const u8 *from;
	int ret;

	if (block) {
		out_remove(c->bulk, (u32)(block - c->bulk->out));
		return 0;
	}
	if (!c->bulk)
		return -EINVAL;
	from = (const u8 *)(peer_head(c) + 1);
	for (block = c->bulk->in; block < c->bulk->in + c->bulk->in_count; block++)
		if (block->state == HELD && from + block->offset == buffer) {
			ret = check_block(c);
			give_back(c, block);
			return ret;
		}
	return -EINVAL;
}

int channel_bulk_release(struct channel *c, const void *buffer)
{
	int ret;

	service_enter(c->service);
	ret = bulk_release(c, buffer);
	service_leave(c->service);
	return ret;
}

/* Closing, and what is owed */

bool bulk_pay(struct channel *c)
{
	struct channel_bulk *b = c->bulk;
	bool paid = true;
	u32 n = 0;
	int ret;

	if (!b || b->deaf || (c->state != CHANNEL_OPEN && c->state != CHANNEL_CLOSED))
		return true;
	if (b->owes_open && c->state == CHANNEL_OPEN) {
		const struct wire_bulk_open m = {
			CHANNEL_BULK_BLOCKS, b->largest, b->part, b->size,
		};

		ret = trunk_send(c, WIRE_BULK_OPEN, &m, sizeof(m));
		b->owes_open = ret != 0;
		paid = ret != -EAGAIN;
	}
	while (n < b->in_count && paid)
		if (b->in[n].state != OWED)
			n++;
		else	/* another one is in its place then */
			paid = give_back(c, &b->in[n]);
	return paid;
}

bool bulk_close(struct channel *c)
{
	struct channel_bulk *b = c->bulk;
	bool waits;

	if (!b)
		return false;
	waits = c->state == CHANNEL_CLOSED && c->reason != -EPROTO && !b->deaf &&
		b->in_count;
	/* what is being filled in is nobody else's */
	for (u32 n = b->count; n--;)
		if (b->out[n].state == FILLING)
			out_remove(b, n);
	c->bulk = NULL;
	b->channel = NULL;
	b->peer = c->peer;
	b->order = c->service->order++;
	if (c->state != CHANNEL_OPEN || !b->count)
		part_free(c->service, b);
	return waits;
}

/* By copy */

/*
 * Half the instructions of the C library's memcpy(), which does not use the SIMD
 * registers on all CPUs; inmates have none.
 */
static void copy(u8 *to, const u8 *from, u32 length)
{
#if __STDC_HOSTED__ && defined(__aarch64__)
	u32 times = length / 256;

	if (times)
		__asm__ volatile(
			"1: ldp q0, q1, [%1], #256\n\t"
			"ldp q2, q3, [%1, #-224]\n\t"
			"ldp q4, q5, [%1, #-192]\n\t"
			"ldp q6, q7, [%1, #-160]\n\t"
			"ldp q16, q17, [%1, #-128]\n\t"
			"ldp q18, q19, [%1, #-96]\n\t"
			"ldp q20, q21, [%1, #-64]\n\t"
			"ldp q22, q23, [%1, #-32]\n\t"
			"stp q0, q1, [%0], #256\n\t"
			"stp q2, q3, [%0, #-224]\n\t"
			"stp q4, q5, [%0, #-192]\n\t"
			"stp q6, q7, [%0, #-160]\n\t"
			"stp q16, q17, [%0, #-128]\n\t"
			"stp q18, q19, [%0, #-96]\n\t"
			"stp q20, q21, [%0, #-64]\n\t"
			"stp q22, q23, [%0, #-32]\n\t"
			"subs %w2, %w2, #1\n\t"
			"b.ne 1b"
			: "+r" (to), "+r" (from), "+r" (times)
			:
			: "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18",
			  "v19", "v20", "v21", "v22", "v23", "cc", "memory");
	length %= 256;
#endif
	memcpy(to, from, length);
}

/* Has the other side said what it takes? */
static int try_ready(const struct channel *c)
{
	if (c->state == CHANNEL_CLOSED)
		return c->reason;
	if (!c->bulk)
		return -EINVAL;
	return c->bulk_peer.blocks ? 0 : -EAGAIN;
}

/* In one piece if it fits, else so that one is read while the next is copied. */
static u32 piece_of(const struct channel *c, u64 left)
{
	u32 most = c->bulk->size;

	if (left > most && most >= LEAST_HALVED)
		most = most / 2 & ~(u32)(CHANNEL_BULK_ALIGN - 1);
	if (most > c->bulk_peer.largest)
		most = c->bulk_peer.largest;
	return left < most ? (u32)left : most;
}

static int send_piece(struct channel *c, const u8 *data, u64 left, u32 flags, u64 timeout_us)
{
	u32 piece = piece_of(c, left);
	void *buffer;
	int ret = piece ? channel_bulk_begin(c, piece, &buffer, timeout_us) : -EMSGSIZE;

	if (ret)
		return ret;
	copy(buffer, data, piece);
	ret = commit(c, buffer, data, (struct wire_bulk){
		.length = piece, .flags = flags, .left = left - piece }, timeout_us);
	if (!ret)
		return (int)piece;
	channel_bulk_release(c, buffer);
	return ret;
}

int channel_bulk_send(struct channel *c, const void *data, u64 length, u64 *done,
		      u32 flags, u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	int ret;

	if (*done >= length)
		return -EINVAL;
	service_enter(c->service);
	do
		ret = try_ready(c);
	while (wait_on(c->service, &w, &ret));
	if (ret == -ETIMEDOUT)
		c->bulk->wants = true;
	service_leave(c->service);
	while (ret >= 0 && *done < length) {
		ret = send_piece(c, (const u8 *)data + *done, length - *done, flags,
				 timeout_us);
		if (ret > 0)
			*done += (u32)ret;
	}
	return ret < 0 ? ret : 0;
}

static int read_piece(struct channel *c, const struct channel_bulk_data *block, u8 *to)
{
	int ret;

	copy(to, block->data, block->length);
	ret = channel_bulk_release(c, block->data);
	if (!ret && block->checked && channel_crc32c(to, block->length) != block->checksum)
		ret = -EBADMSG;
	return ret;
}

/* The next piece, if there is room for what comes of it. */
static int take_piece(struct channel *c, struct channel_bulk_data *block, u64 room,
		      u64 timeout_us)
{
	struct wait w = { .timeout_us = timeout_us };
	struct wire_bulk m;
	int ret;

	service_enter(c->service);
	do
		ret = peek(c, &m);
	while (wait_on(c->service, &w, &ret));
	if (!ret && (m.length > room || m.left > room - m.length))
		ret = -EMSGSIZE;
	if (!ret)
		ret = try_receive(c, block);
	service_leave(c->service);
	return ret;
}

int channel_bulk_read(struct channel *c, void *to, u64 size, u64 *done, u64 timeout_us)
{
	struct channel_bulk_data block;
	int ret;

	if (*done > size)
		return -EINVAL;
	do {
		ret = take_piece(c, &block, size - *done, timeout_us);
		if (!ret)
			ret = read_piece(c, &block, (u8 *)to + *done);
		if (!ret)
			*done += block.length;
	} while (!ret && block.left);
	return ret;
}

/* Handing on */

/* A channel of a relay: with a part for what the program at the other end sends. */
static void open_for(struct channel *c, u32 wanted)
{
	u32 share = c->service->arena_size / RELAY_SHARE;
	u32 bytes = wanted < share ? wanted : share;

	/* with less, or none: then nothing is passed on that way */
	while (channel_bulk_open(c, bytes) == -ENOMEM && bytes)
		bytes /= 2;
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

void bulk_meet(struct channel *c, struct channel *p)
{
	if (c->bulk || p->bulk || !c->bulk_peer.blocks || !p->bulk_peer.blocks ||
	    c->state != CHANNEL_OPEN || p->state != CHANNEL_OPEN)
		return;
	open_for(c, p->bulk_peer.size);
	open_for(p, c->bulk_peer.size);
	/* what comes by one has to fit in the part of the other, and be taken there */
	if (c->bulk)
		c->bulk->largest = p->bulk ? least(p->bulk->size, p->bulk_peer.largest) : 0;
	if (p->bulk)
		p->bulk->largest = c->bulk ? least(c->bulk->size, c->bulk_peer.largest) : 0;
}

int bulk_forward(struct channel *from, struct channel *to)
{
	struct channel_bulk_block *in;
	struct wire_bulk m;
	void *buffer;
	int ret = peek(from, &m);

	if (!ret)
		ret = try_begin(to, m.length, &buffer);
	if (ret)
		return ret;
	copy(buffer, (const u8 *)(peer_head(from) + 1) + m.offset, m.length);
	in = find_in(from->bulk, m.offset, CAME);
	m.offset = find_filling(to, buffer)->offset;
	ret = check_block(from);
	if (ret)
		to->reason = -ECONNRESET;	/* what it is told: this is lost */
	else
		ret = try_commit(to, &m);
	if (ret) {
		channel_bulk_release(to, buffer);
		return ret;
	}
	queue_take(from);
	give_back(from, in);
	return 0;
}
