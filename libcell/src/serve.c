// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <libcell/serve.h>

#include "port.h"

/* Messages of one peer before the others have their turn. */
#define TURN	16

static const struct libcell_ring service_ring = {
	LIBCELL_CHANNEL_SERVICE, LIBCELL_SERVICE_TYPE,
	sizeof(struct libcell_message), LIBCELL_SERVICE_COUNT,
};

static struct libcell_ring bulk_ring(u32 bytes)
{
	return LIBCELL_BYTES(LIBCELL_CHANNEL_BULK, LIBCELL_SERVICE_TYPE, bytes);
}

/* Server */

static int open_peer(struct libcell_service *service, u32 number)
{
	struct libcell_service_peer *peer = &service->peers[number];
	const struct libcell_ring bulk = bulk_ring(0);
	int ret;

	ret = libcell_open_producer(&peer->answers, service->link, number,
				    &service_ring);
	if (!ret)
		ret = libcell_open_consumer(&peer->requests, service->link,
					    number, &service_ring);
	if (!ret)
		ret = libcell_open_consumer(&peer->bulk, service->link, number,
					    &bulk);
	return ret;
}

int libcell_service_open(struct libcell_service *service,
			 struct libcell_link *link)
{
	int ret = 0;

	service->link = link;
	for (u32 peer = 0; peer < link->max_peers && !ret; peer++)
		if (peer != link->id)
			ret = open_peer(service, peer);
	return ret;
}

/* Of the session that there is now. */
static struct libcell_counts *counts_of(struct libcell_service_peer *peer)
{
	if (peer->session != peer->bulk.end.session) {
		peer->session = peer->bulk.end.session;
		peer->counts = (struct libcell_counts){ 0 };
	}
	return &peer->counts;
}

static void answer(struct libcell_service *service, u32 number,
		   struct libcell_message *message)
{
	const struct libcell_counts *counts = counts_of(&service->peers[number]);

	switch (message->type) {
	case LIBCELL_PING:
		break;
	case LIBCELL_COUNTS:
		message->data[0] = counts->messages;
		message->data[1] = counts->bytes;
		message->data[2] = counts->sum;
		break;
	default:
		if (!service->handler ||
		    !service->handler(service, number, message))
			message->type = LIBCELL_UNKNOWN;
	}
}

/* A client that has gone wrong, or gone, begins anew. */
static void forgive(struct libcell_consumer *c, int ret)
{
	if (ret == -EPROTO && c->end.error)
		libcell_reset_consumer(c);
}

static u32 serve_bulk(struct libcell_service_peer *peer)
{
	struct libcell_counts *counts;
	const void *message;
	u32 length, served;
	u64 first;
	int ret = 0;

	for (served = 0; served < TURN; served++) {
		ret = libcell_bytes_peek(&peer->bulk, &message, &length);
		if (ret)
			break;
		first = length >= sizeof(first) ? load((const u64 *)message) : 0;
		if (libcell_bytes_release(&peer->bulk, length))
			break;
		counts = counts_of(peer);
		counts->messages++;
		counts->bytes += length;
		counts->sum += first;
	}
	forgive(&peer->bulk, ret);
	return ret == -ECONNRESET ? served + 1 : served;
}

/*
 * A request is taken only when its answer has room: who does not take answers
 * gets no further ones, and nobody waits. Bulk data that was sent before it is
 * taken before it.
 */
static u32 serve_peer(struct libcell_service *service, u32 number)
{
	struct libcell_service_peer *peer = &service->peers[number];
	struct libcell_message *reply;
	const void *request;
	void *room;
	u32 served = 0, bulk;
	int ret, room_ret;

	for (u32 n = 0; n < TURN; n++) {
		/* all each time: all sessions have to begin, in any order */
		ret = libcell_peek(&peer->requests, &request, 1);
		forgive(&peer->requests, ret);
		bulk = serve_bulk(peer);
		served += bulk;
		room_ret = libcell_reserve(&peer->answers, &room, 1);
		if (room_ret == -EPROTO && peer->answers.end.error)
			libcell_reset_producer(&peer->answers);
		/* what begins next may be there already: look again */
		if (ret == -ECONNRESET || room_ret == -ECONNRESET)
			return served + 1;
		if (ret <= 0 || room_ret <= 0 || bulk >= TURN)
			break;
		reply = room;
		memcpy(reply, request, sizeof(*reply));
		if (libcell_release(&peer->requests, 1))
			break;
		answer(service, number, reply);
		libcell_commit(&peer->answers, 1);
		served++;
	}
	return served;
}

u32 libcell_serve(struct libcell_service *service)
{
	u32 served = 0;

	for (u32 peer = 0; peer < service->link->max_peers; peer++)
		if (peer != service->link->id)
			served += serve_peer(service, peer);
	return served;
}

bool libcell_service_arm(struct libcell_service *service)
{
	bool idle = true;

	for (u32 n = 0; n < service->link->max_peers; n++) {
		struct libcell_service_peer *peer = &service->peers[n];

		if (n == service->link->id)
			continue;
		idle &= libcell_arm_consumer(&peer->bulk);
		/* requests that are left wait for room for their answers */
		if (peer->requests.head != peer->requests.tail)
			idle &= libcell_arm_producer(&peer->answers);
		else
			idle &= libcell_arm_consumer(&peer->requests);
	}
	return idle;
}

/* Client */

int libcell_client_open(struct libcell_client *client, struct libcell_link *link,
			u32 peer)
{
	int ret;

	ret = libcell_open_producer(&client->requests, link, peer,
				    &service_ring);
	return ret ? ret : libcell_open_consumer(&client->answers, link, peer,
						 &service_ring);
}

int libcell_client_open_bulk(struct libcell_client *client, u32 bytes)
{
	const struct libcell_ring ring = bulk_ring(bytes);

	return libcell_open_producer(&client->bulk, client->requests.end.link,
				     client->requests.end.peer, &ring);
}

int libcell_call(struct libcell_client *client, struct libcell_message *message,
		 u64 timeout_us)
{
	struct libcell_link *link = client->requests.end.link;
	u64 deadline = deadline_of(link, timeout_us);
	u32 sequence = message->sequence;
	int ret;

	ret = libcell_send(&client->requests, message, timeout_us);
	/* an answer that came too late for an earlier call is not ours */
	do
		if (!ret)
			ret = libcell_receive(&client->answers, message,
					      time_left(link, deadline));
	while (!ret && message->sequence != sequence);
	return ret;
}
