/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_SERVE_H
#define LIBCELL_SERVE_H

#include <libcell/bytes.h>

/**
 * @file
 * The service that `jailhouse shmem ping` and `bench` talk to.
 *
 * Any program that has the library can offer it beside its own work:
 *
 *	libcell_service_open(&service, &device.link);
 *	for (;;) {
 *		seen = libcell_events(link);
 *		if (libcell_serve(&service) || !libcell_service_arm(&service))
 *			continue;
 *		libcell_wait(link, seen, LIBCELL_FOREVER);
 *	}
 */

#define LIBCELL_CHANNEL_SERVICE	0xffff0000U	/**< messages, both ways */
#define LIBCELL_CHANNEL_BULK	0xffff0001U	/**< bytes, to the server */

#define LIBCELL_SERVICE_TYPE	0x73657201	/**< with the layout below */
#define LIBCELL_SERVICE_COUNT	8		/**< messages under way, each way */

/** What a message asks; numbers that are not here are the program's. */
enum libcell_message_type {
	LIBCELL_PING = 1,	/**< answered with the same */
	/** Answered with struct libcell_counts, of all that was sent before. */
	LIBCELL_COUNTS,
	LIBCELL_UNKNOWN = 0xffffffff,	/**< the answer to what is not known */
};

/** A request or its answer: one cache line. */
struct libcell_message {
	u32 type;		/**< of enum libcell_message_type, or the program's */
	u32 sequence;		/**< the client's; the answer has the same */
	u64 data[7];		/**< as the type says */
};

_Static_assert(sizeof(struct libcell_message) == 64, "one cache line");

/** What has come on the bulk channel since the session began. */
struct libcell_counts {
	u64 messages;		/**< of any length */
	u64 bytes;		/**< of all messages */
	u64 sum;		/**< of the first word of each message */
};

/** The server; for one thread at a time. */
struct libcell_service {
	struct libcell_link *link;	/**< set by libcell_service_open() */
	/**
	 * Answers in place what the library does not know; false: it is not
	 * known here either. NULL: there is nothing. Called in libcell_serve().
	 */
	bool (*handler)(struct libcell_service *service, u32 peer,
			struct libcell_message *message);
	void *context;			/**< the program's, for its handler */

	/** @private */
	struct libcell_service_peer {
		struct libcell_consumer requests;
		struct libcell_producer answers;
		struct libcell_consumer bulk;
		u32 session;
		struct libcell_counts counts;
	} peers[IVSHMEM_MAX_PEERS];	/**< @private */
};

/**
 * Offers the service to all other peers.
 *
 * @param service	the caller's memory, used until libcell_detach(); its
 *	handler and context are set before
 * @param link		attached
 * @return 0; -ENOMEM: no room in the own output section
 */
int libcell_service_open(struct libcell_service *service,
			 struct libcell_link *link);

/**
 * Does what there is to do, without waiting for anybody.
 *
 * @param service	opened
 * @return number of messages; 0: nothing is left
 */
u32 libcell_serve(struct libcell_service *service);

/**
 * Before sleeping, as libcell_arm_consumer().
 *
 * @param service	that had nothing to do
 * @return true: there is nothing to do now
 */
bool libcell_service_arm(struct libcell_service *service);

/** The other side of the service, with one server; for one thread at a time. */
struct libcell_client {
	struct libcell_producer requests;	/**< @private */
	struct libcell_consumer answers;	/**< @private */
	struct libcell_producer bulk;		/**< for the calls of bytes.h, if opened */
};

/**
 * Prepares calls to a server, which need not be there yet.
 *
 * @param client	the caller's memory, used until libcell_detach()
 * @param link		attached
 * @param peer		the server
 * @return as of libcell_open_producer()
 */
int libcell_client_open(struct libcell_client *client, struct libcell_link *link,
			u32 peer);

/**
 * Opens the bulk channel.
 *
 * @param client	opened
 * @param bytes		of the own output section, as of LIBCELL_BYTES()
 * @return as of libcell_open_producer()
 */
int libcell_client_open_bulk(struct libcell_client *client, u32 bytes);

/**
 * Sends a message and waits for its answer.
 *
 * @param client	opened
 * @param message	with a sequence that the last calls did not have; the answer
 *	replaces it
 * @param timeout_us	of both together; #LIBCELL_FOREVER: no limit
 * @return as of libcell_send() and libcell_receive()
 */
int libcell_call(struct libcell_client *client, struct libcell_message *message,
		 u64 timeout_us);

#endif /* LIBCELL_SERVE_H */
