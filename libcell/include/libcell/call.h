/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_CALL_H
#define LIBCELL_CALL_H

#include <libcell/channel.h>

/**
 * @file
 * Requests and their answers on a channel: any number may be outstanding, and they are
 * answered in any order. One side calls and the other one answers; who does both has a
 * channel for each. A message of other kind on such a channel is dropped
 * (channel_stats.violations).
 */

/** A request that was sent. The fields are private. */
struct channel_call {
	struct channel_service *service;	/**< @private */
	struct channel *channel;	/**< @private NULL: it is over */
	struct channel_call *next;	/**< @private */
	u32 id;				/**< @private */
	void *answer;			/**< @private */
	u32 size;			/**< @private */
	int ret;			/**< @private */
};

/**
 * Sends a request, as channel_send(), and does not wait for the answer. Before the
 * channel is open, nothing is held.
 *
 * @param c		of channel_connect() or channel_accept()
 * @param call		the caller's memory, used until the call is over: answered, as
 *	channel_call_await() says, or cancelled
 * @param request	of any alignment
 * @param length	of it
 * @param answer	gets the answer, when channel_call_await() says that it is there
 * @param size		of the room for it
 * @param timeout_us	for room to send it
 * @return 0, or what channel_send() says; then there is no call
 */
int channel_call_begin(struct channel *c, struct channel_call *call, const void *request,
		       u32 length, void *answer, u32 size, u64 timeout_us);

/**
 * Waits for the answer.
 *
 * @param call		of channel_call_begin()
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return its length; -ETIMEDOUT: not yet, it may still come; or the call is over
 *	without one: -EMSGSIZE: it is larger than the room; -ENOTCONN: the channel was
 *	closed here; or why the channel has ended
 */
int channel_call_await(struct channel_call *call, u64 timeout_us);

/**
 * Gives a call up. If its answer comes, it is dropped (channel_stats.late).
 *
 * @param call	of channel_call_begin()
 */
void channel_call_cancel(struct channel_call *call);

/**
 * Sends a request and waits for its answer, at most for the time given in all; then
 * it is cancelled.
 *
 * @param c		as all others, of channel_call_begin()
 * @param request	see there
 * @param length	see there
 * @param answer	see there
 * @param size		see there
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return as channel_call_await()
 */
int channel_call(struct channel *c, const void *request, u32 length, void *answer,
		 u32 size, u64 timeout_us);

/**
 * Receives a request, as channel_receive().
 *
 * @param c		of channel_connect() or channel_accept()
 * @param id		gets what channel_answer() needs
 * @param request	gets it
 * @param size		of the room for it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return its length, or what channel_receive() says; -ENOMSG: bulk comes first
 */
int channel_request(struct channel *c, u32 *id, void *request, u32 size, u64 timeout_us);

/**
 * Answers a request, as channel_send(): at any time, once.
 *
 * @param c		of channel_request()
 * @param id		from there
 * @param answer	of any alignment
 * @param length	of it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0, or what channel_send() says
 */
int channel_answer(struct channel *c, u32 id, const void *answer, u32 length,
		   u64 timeout_us);

#endif /* LIBCELL_CALL_H */
