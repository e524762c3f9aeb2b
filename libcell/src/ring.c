// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include "port.h"

/* Opening */

static bool ring_is_valid(const struct libcell_ring *ring)
{
	/* bytes go in units of 8 */
	return ring->element_size || ring->count % 8 == 0;
}

/* Of the elements, at least 1 byte for each. */
static u64 ring_bytes(u32 element_size, u32 count)
{
	return (u64)count * (element_size ? element_size : 1);
}

int libcell_open_producer(struct libcell_producer *p, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring)
{
	int ret;

	if (!ring->count || !ring_is_valid(ring))
		return -EINVAL;
	*p = (struct libcell_producer){
		.element_size = ring->element_size, .count = ring->count,
	};
	ret = port_open(&p->end, link, LIBCELL_PRODUCER, peer, ring,
			ring_bytes(ring->element_size, ring->count));
	if (!ret)
		p->data = (u8 *)link->output + p->end.own->data;
	return ret;
}

int libcell_open_consumer(struct libcell_consumer *c, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring)
{
	int ret;

	if (!ring_is_valid(ring))
		return -EINVAL;
	*c = (struct libcell_consumer){
		.element_size = ring->element_size, .type = ring->type,
	};
	ret = port_open(&c->end, link, LIBCELL_CONSUMER, peer, ring, 0);
	if (ret)
		return ret;
	port_renew(&c->end, 0, 0);
	end_doorbell(&c->end);
	return 0;
}

/* Sessions */

/* The other end describes the same ring. */
static bool describes(const struct libcell_end *end,
		      const struct libcell_view *view)
{
	const struct libcell_port *own = end->own;

	return view->type == own->type &&
	       view->element_size == own->element_size &&
	       (!view->count || !own->count || view->count == own->count);
}

int producer_bind(struct libcell_end *end, u64 start)
{
	struct libcell_view view;
	int ret;

	ret = port_find(end, &view);
	if (ret)
		return ret;
	if (!describes(end, &view))
		return -EPROTO;
	if (view.generation != end->bound) {
		/* a consumer that this session is not with: a new one */
		store(&end->bound, view.generation);
		port_renew(end, start, view.generation);
		end_doorbell(end);
		return -ENOTCONN;
	}
	if (view.peer_generation != end->generation)
		return -ENOTCONN;
	store(&end->other, view.port);
	end->session++;
	return 0;
}

int producer_connect(struct libcell_producer *p)
{
	int ret;

	if (p->end.error)
		return p->end.error;
	ret = producer_bind(&p->end, p->head);
	if (ret)
		return ret;
	p->tail = p->head;
	p->end.up = true;
	return 0;
}

/* All of the ring is within the section: no access can be outside it. */
static bool has_room(const struct libcell_link *link,
		     const struct libcell_view *view)
{
	u64 bytes = ring_bytes(view->element_size, view->count);

	if (!view->count || view->data % 8 || bytes > link->output_size ||
	    view->data > link->output_size - bytes)
		return false;
	return view->element_size || (view->count % 8 == 0 && view->start % 8 == 0);
}

int consumer_connect(struct libcell_consumer *c)
{
	struct libcell_end *end = &c->end;
	struct libcell_link *link = end->link;
	struct libcell_view view;
	int ret;

	if (end->error)
		return end->error;
	ret = port_find(end, &view);
	if (ret)
		return ret;
	if (!describes(end, &view))
		return -EPROTO;
	if (view.peer_generation != end->generation)
		return -ENOTCONN;
	end->other = view.port;
	end->bound = view.generation;
	if (!has_room(link, &view))
		return end_violated(end);

	c->data = (const u8 *)link->outputs + end->peer * link->output_size +
		  view.data;
	c->count = view.count;
	c->head = view.start;
	c->tail = view.start;
	c->slot = (u32)(view.start % view.count);
	store(&end->own->index, view.start);
	store(&end->own->event, view.start - 1);
	/* Whoever sees that we have joined sees where we begin. */
	store_release(&end->own->peer_generation, view.generation);
	end->up = true;
	end->session++;
	end_doorbell(end);
	return 0;
}

/* Producer */

int producer_room(struct libcell_producer *p, u32 want, u32 *room)
{
	struct libcell_end *end = &p->end;
	int ret;

	if (!end->up) {
		ret = producer_connect(p);
		if (ret)
			return ret;
	}
	if (!end_stands(end))
		return end_down(end);

	*room = p->count - (u32)(p->head - p->tail);
	if (*room < want) {
		/*
		 * Pairs with the consumer's publish: it has read what lies
		 * before its index. And the generation is looked at after it:
		 * the index is of this session.
		 */
		u64 tail = load_acquire(&end->other->index);

		if (!end_stands(end))
			return end_down(end);
		if (p->head - tail > p->count)
			return end_violated(end);
		p->tail = tail;
		*room = p->count - (u32)(p->head - tail);
	}
	return *room ? 0 : -EAGAIN;
}

static u32 min_u32(u32 a, u32 b)
{
	return a < b ? a : b;
}

int libcell_reserve(struct libcell_producer *p, void **elements, u32 max)
{
	u32 room;
	int ret;

	max = min_u32(max, p->count);
	ret = producer_room(p, max, &room);
	if (ret)
		return ret;
	*elements = p->data + (size_t)p->slot * p->element_size;
	return (int)min_u32(min_u32(room, max), p->count - p->slot);
}

int libcell_commit(struct libcell_producer *p, u32 n)
{
	u64 old = p->head;

	p->head += n;
	p->slot += n;
	if (p->slot == p->count)
		p->slot = 0;
	end_publish(&p->end, old, p->head);
	return 0;
}

bool libcell_arm_producer(struct libcell_producer *p)
{
	return end_arm(&p->end, p->end.up, p->tail);
}

int libcell_send(struct libcell_producer *p, const void *element,
		 u64 timeout_us)
{
	void *slot = NULL;
	struct libcell_pause pause = { .timeout_us = timeout_us };
	int ret;

	do
		ret = libcell_reserve(p, &slot, 1);
	while (end_pause(&p->end, &pause, p->end.up, p->tail, &ret));
	if (ret < 0)
		return ret;
	memcpy(slot, element, p->element_size);
	return libcell_commit(p, 1);
}

void libcell_reset_producer(struct libcell_producer *p)
{
	p->end.error = 0;
	p->end.up = false;
	p->end.bound = 0;
}

/* Consumer */

int consumer_fill(struct libcell_consumer *c, u32 *fill)
{
	struct libcell_end *end = &c->end;
	int ret;

	if (!end->up) {
		ret = consumer_connect(c);
		if (ret)
			return ret;
	}
	if (c->head == c->tail) {
		/*
		 * Pairs with the producer's publish: what lies before its index
		 * is written. And the generation is looked at after it: the
		 * index is of this session.
		 */
		u64 head = load_acquire(&end->other->index);

		if (load(&end->other->generation) != end->bound)
			return end_down(end);
		if (head - c->tail > c->count)
			return end_violated(end);
		c->head = head;
		/* a peer that is gone has nothing more to say */
		if (head == c->tail)
			return end_stands(end) ? -EAGAIN : end_down(end);
	}
	*fill = (u32)(c->head - c->tail);
	return 0;
}

int consumer_check(struct libcell_consumer *c)
{
	/* The elements were read before the generation is looked at. */
	fence_acquire();
	if (load(&c->end.other->generation) != c->end.bound)
		return end_down(&c->end);
	return 0;
}

int libcell_peek(struct libcell_consumer *c, const void **elements, u32 max)
{
	u32 fill;
	int ret;

	ret = consumer_fill(c, &fill);
	if (ret)
		return ret;
	*elements = c->data + (size_t)c->slot * c->element_size;
	return (int)min_u32(min_u32(fill, max), c->count - c->slot);
}

int libcell_release(struct libcell_consumer *c, u32 n)
{
	u64 old = c->tail;
	int ret;

	ret = consumer_check(c);
	if (ret)
		return ret;
	c->tail += n;
	c->slot += n;
	if (c->slot == c->count)
		c->slot = 0;
	end_publish(&c->end, old, c->tail);
	return 0;
}

bool libcell_arm_consumer(struct libcell_consumer *c)
{
	return end_arm(&c->end, c->end.up, c->tail);
}

int libcell_receive(struct libcell_consumer *c, void *element, u64 timeout_us)
{
	const void *slot = NULL;
	struct libcell_pause pause = { .timeout_us = timeout_us };
	int ret;

	do
		ret = libcell_peek(c, &slot, 1);
	while (end_pause(&c->end, &pause, c->end.up, c->tail, &ret));
	if (ret < 0)
		return ret;
	memcpy(element, slot, c->element_size);
	return libcell_release(c, 1);
}

void libcell_reset_consumer(struct libcell_consumer *c)
{
	c->end.error = 0;
	c->end.up = false;
	c->end.bound = 0;
	port_renew(&c->end, 0, 0);
	end_doorbell(&c->end);
}

/* Several consumers */

int libcell_merge_peek(struct libcell_merge *merge, u32 *which,
		       const void **elements, u32 max)
{
	int ret;

	for (u32 n = 0; n < merge->count; n++) {
		*which = merge->turn;
		merge->turn = *which + 1 == merge->count ? 0 : *which + 1;
		ret = libcell_peek(merge->consumers[*which], elements, max);
		if (!is_waiting(ret))
			return ret;
	}
	return -EAGAIN;
}

bool libcell_merge_arm(struct libcell_merge *merge)
{
	bool idle = true;

	for (u32 n = 0; n < merge->count; n++)
		idle &= libcell_arm_consumer(merge->consumers[n]);
	return idle;
}
