/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_BYTES_H
#define LIBCELL_BYTES_H

#include <libcell/ring.h>

/**
 * @file
 * Messages of any length, each in one piece, in a ring of bytes.
 *
 * Opened, armed and reset like a ring of elements (ring.h), with the same
 * errors. Lengths are in bytes, 0 is one.
 */

/**
 * Describes a ring of bytes, for libcell_open_producer() and
 * libcell_open_consumer().
 *
 * @param channel	as libcell_ring.channel
 * @param type		as libcell_ring.type
 * @param bytes		of all messages that are under way, with their headers;
 *	a multiple of 8; for the consumer 0: as the producer has
 */
#define LIBCELL_BYTES(channel, type, bytes)				\
	((struct libcell_ring){ channel, type, 0, bytes })

/** A message takes its length rounded up to 8, and this. */
#define LIBCELL_BYTES_HEADER	8

/**
 * Zero-copy: room for a message, to be filled in in place.
 *
 * @param p		of a ring of bytes
 * @param message	gets the room, aligned to 8; it is the caller's until
 *	libcell_bytes_commit()
 * @param length	of the message, or the most that it can be
 * @return 0; -EMSGSIZE: it would not fit into the empty ring; or those of ring.h
 */
int libcell_bytes_reserve(struct libcell_producer *p, void **message,
			  u32 length);

/**
 * Sends what was filled in.
 *
 * @param p		with room from libcell_bytes_reserve()
 * @param length	at most what was reserved
 * @return 0
 */
int libcell_bytes_commit(struct libcell_producer *p, u32 length);

/**
 * Zero-copy: the next message, to be read in place.
 *
 * A hostile peer can change it meanwhile: copy before checking.
 *
 * @param c		of a ring of bytes
 * @param message	gets its place, aligned to 8, until
 *	libcell_bytes_release()
 * @param length	gets its length
 * @return 0, or those of ring.h
 */
int libcell_bytes_peek(struct libcell_consumer *c, const void **message,
		       u32 *length);

/**
 * Gives the message back.
 *
 * @param c		with a message from libcell_bytes_peek()
 * @param length	as libcell_bytes_peek() said
 * @return 0; -ECONNRESET: the producer went while it was read, and what was read
 *	must not be used
 */
int libcell_bytes_release(struct libcell_consumer *c, u32 length);

/**
 * By copy: waits for a session and for room, and sends.
 *
 * @param p		of a ring of bytes
 * @param message	of any alignment
 * @param length	of it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -EMSGSIZE: it would not fit into the empty ring; -ETIMEDOUT; -EINTR;
 *	or those of ring.h
 */
int libcell_bytes_send(struct libcell_producer *p, const void *message,
		       u32 length, u64 timeout_us);

/**
 * By copy: waits for a message.
 *
 * @param c		of a ring of bytes
 * @param message	gets it; of any alignment
 * @param size		of the room for it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return the length; -EMSGSIZE: it is larger than @p size, and left there;
 *	-ETIMEDOUT; -EINTR; or those of ring.h
 */
int libcell_bytes_receive(struct libcell_consumer *c, void *message, u32 size,
			  u64 timeout_us);

#endif /* LIBCELL_BYTES_H */
