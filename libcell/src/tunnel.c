// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A tunnel is a ring of one element that is sent when the session begins and never
 * given back: so it stays where it is, and the session's end is the tunnel's.
 */

#include <libcell/tunnel.h>

#include "port.h"

#define CHANNEL		0x74750000U
#define CHANNEL_NUMBER	0xffffU
#define TYPE		0x746e6c01U

int libcell_tunnel_create(struct libcell_tunnel *t, struct libcell_link *link,
			  u32 peer, u32 number, u32 size, u32 rights)
{
	const struct libcell_ring ring = {
		CHANNEL | (number & CHANNEL_NUMBER), TYPE, size, 1,
	};
	int ret = 0;

	t->own = NULL;
	t->other = NULL;
	t->sent = NULL;
	t->rights = rights;
	if (number > CHANNEL_NUMBER || !size || size % 8 || !rights ||
	    rights > LIBCELL_TUNNEL_BOTH)
		return -EINVAL;
	if (rights & LIBCELL_TUNNEL_OFFER)
		ret = libcell_open_producer(&t->out, link, peer, &ring);
	if (!ret && rights & LIBCELL_TUNNEL_READ)
		ret = libcell_open_consumer(&t->in, link, peer, &ring);
	return ret;
}

/* The one element is there once; then the ring is full as long as the session lasts. */
static int look_out(struct libcell_tunnel *t)
{
	void *memory;
	int ret = libcell_reserve(&t->out, &memory, 1);

	if (ret == 1) {
		t->sent = memory;
		ret = libcell_commit(&t->out, 1);
	} else if (ret == -EAGAIN && t->sent) {
		ret = 0;
	} else {
		t->sent = NULL;
	}
	return ret;
}

static int look_in(struct libcell_tunnel *t, const void **memory)
{
	int ret = libcell_peek(&t->in, memory, 1);

	/* what has been sent stays, its sender need not */
	if (ret == 1)
		ret = end_stands(&t->in.end) ? 0 : end_down(&t->in.end);
	return ret;
}

int libcell_tunnel_look(struct libcell_tunnel *t)
{
	bool was_there = t->own || t->other;
	const void *received = NULL;
	int out = 0, in = 0, ret;

	if (t->rights & LIBCELL_TUNNEL_OFFER) {
		out = look_out(t);
		libcell_arm_producer(&t->out);
	}
	if (t->rights & LIBCELL_TUNNEL_READ) {
		in = look_in(t, &received);
		libcell_arm_consumer(&t->in);
	}
	/* what has gone comes before what is not there yet */
	ret = out && (!in || !is_waiting(out)) ? out : in;
	/* Its directions come and go one after the other: it is there when both are. */
	t->own = ret ? NULL : t->sent;
	t->other = ret ? NULL : received;
	return ret == -ECONNRESET && !was_there ? -ENOTCONN : ret;
}

void libcell_tunnel_ring(struct libcell_tunnel *t)
{
	end_doorbell(t->rights & LIBCELL_TUNNEL_OFFER ? &t->out.end : &t->in.end);
}
