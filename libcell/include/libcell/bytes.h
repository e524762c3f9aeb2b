/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_BYTES_H
#define LIBCELL_BYTES_H

#include <libcell/ring.h>

/*
 * Messages of any length, each in one piece, in a ring of bytes. Opened, armed
 * and reset like a ring of elements, with the same errors; the description is
 * made by LIBCELL_BYTES().
 */
#define LIBCELL_BYTES(channel, type, bytes)				\
	((struct libcell_ring){ channel, type, 0, bytes })

/* A message takes its length rounded up to 8, and this. */
#define LIBCELL_BYTES_HEADER	8

/*
 * Zero-copy: *message gets room for @length bytes, aligned to 8. -EMSGSIZE: it
 * would not fit into the empty ring. libcell_bytes_commit() sends the first
 * @length bytes of that.
 */
int libcell_bytes_reserve(struct libcell_producer *p, void **message,
			  u32 length);
int libcell_bytes_commit(struct libcell_producer *p, u32 length);

/* Zero-copy: the next message. libcell_bytes_release() as libcell_release(). */
int libcell_bytes_peek(struct libcell_consumer *c, const void **message,
		       u32 *length);
int libcell_bytes_release(struct libcell_consumer *c, u32 length);

/* By copy, waiting. receive: the length; -EMSGSIZE leaves the message there. */
int libcell_bytes_send(struct libcell_producer *p, const void *message,
		       u32 length, u64 timeout_us);
int libcell_bytes_receive(struct libcell_consumer *c, void *message, u32 size,
			  u64 timeout_us);

#endif /* LIBCELL_BYTES_H */
