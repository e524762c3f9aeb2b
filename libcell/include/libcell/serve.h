/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_SERVE_H
#define LIBCELL_SERVE_H

#include <libcell/bytes.h>

/*
 * The service that `jailhouse shmem ping` and `bench` talk to. Any program that
 * has the library can offer it beside its own work:
 *
 *	libcell_service_open(&service, &device.link);
 *	for (;;) {
 *		seen = libcell_events(link);
 *		if (libcell_serve(&service) || !libcell_service_arm(&service))
 *			continue;
 *		libcell_wait(link, seen, LIBCELL_FOREVER);
 *	}
 */

#define LIBCELL_CHANNEL_SERVICE	0xffff0000U	/* messages, both ways */
#define LIBCELL_CHANNEL_BULK	0xffff0001U	/* bytes, to the server */

#define LIBCELL_SERVICE_TYPE	0x73657201	/* with the layout below */
#define LIBCELL_SERVICE_COUNT	8

enum libcell_message_type {
	LIBCELL_PING = 1,	/* answered with the same */
	/* Answered with struct libcell_counts, of all that was sent before. */
	LIBCELL_COUNTS,
	/* others are the program's, see libcell_service.handler */
	LIBCELL_UNKNOWN = 0xffffffff,	/* the answer to what is not known */
};

struct libcell_message {
	u32 type;
	u32 sequence;		/* the answer has the same */
	u64 data[7];
};

_Static_assert(sizeof(struct libcell_message) == 64, "one cache line");

/* What has come on the bulk channel since the session began. */
struct libcell_counts {
	u64 messages;
	u64 bytes;
	u64 sum;		/* of the first word of each message */
};

struct libcell_service {
	struct libcell_link *link;
	/*
	 * Answers in place what the library does not know; false: it is not
	 * known here either. NULL: there is nothing.
	 */
	bool (*handler)(struct libcell_service *service, u32 peer,
			struct libcell_message *message);
	void *context;		/* the program's */

	/* private */
	struct libcell_service_peer {
		struct libcell_consumer requests;
		struct libcell_producer answers;
		struct libcell_consumer bulk;
		u32 session;
		struct libcell_counts counts;
	} peers[IVSHMEM_MAX_PEERS];
};

/* Offers it to all other peers. -ENOMEM: no room in the own section. */
int libcell_service_open(struct libcell_service *service,
			 struct libcell_link *link);

/* Does what there is to do; the number of messages. */
u32 libcell_serve(struct libcell_service *service);

/* Before sleeping, as libcell_arm_consumer(). */
bool libcell_service_arm(struct libcell_service *service);

/* The other side of it. */
struct libcell_client {
	struct libcell_producer requests;
	struct libcell_consumer answers;
	struct libcell_producer bulk;	/* if opened */
};

int libcell_client_open(struct libcell_client *client, struct libcell_link *link,
			u32 peer);
/* With @bytes of the own section. */
int libcell_client_open_bulk(struct libcell_client *client, u32 bytes);

/* Sends a message and waits for its answer, which replaces it. */
int libcell_call(struct libcell_client *client, struct libcell_message *message,
		 u64 timeout_us);

#endif /* LIBCELL_SERVE_H */
