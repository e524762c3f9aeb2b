/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_LINK_H
#define LIBCELL_LINK_H

#include <jailhouse/ivshmem.h>
#include <jailhouse/types.h>

#include <libcell/errno.h>

/**
 * @file
 * A link: an IVSHMEM device that this program has made its own.
 *
 * All functions of the library return 0 or a count, or a negative errno. None
 * allocates memory; structures are the caller's and stay until the link is
 * detached. Times are in microseconds. A peer is known by its number, from 0 to
 * libcell_link.max_peers - 1.
 *
 * Documentation/libcell.md has the protocol and the memory ordering,
 * Documentation/ivshmem.md the device.
 */

struct libcell_link;

/**
 * What a back end does for the library.
 *
 * Those of libcell_open() are there already; a program that has a link by other
 * means brings its own and calls libcell_attach().
 */
struct libcell_ops {
	/** Interrupts a peer; nothing happens if it is not there. */
	void (*doorbell)(struct libcell_link *link, u32 peer);
	/** Writes the state register. */
	void (*set_state)(struct libcell_link *link, u32 state);
	/** Number of interrupts so far, modulo 2^32, for wait(). */
	u32 (*events)(struct libcell_link *link);
	/**
	 * Returns 0 when events() is not @p seen, at once if it is not already;
	 * -ETIMEDOUT, -EINTR, or why the device cannot be waited for.
	 */
	int (*wait)(struct libcell_link *link, u32 seen, u64 timeout_us);
	/** Monotonic time since any moment. */
	u64 (*now_us)(struct libcell_link *link);
};

/** What happened since libcell_attach(). */
struct libcell_link_stats {
	u64 doorbells;		/**< rung */
	u64 suppressed;		/**< not rung, because the peer was awake */
	u64 waits;		/**< slept */
	u64 resets;		/**< sessions that ended because a peer went */
	u64 violations;		/**< values of peers that cannot be */
};

/**
 * A peer's view of a link.
 *
 * The back end fills in all fields before libcell_attach(), but for those that
 * say otherwise.
 */
struct libcell_link {
	const struct libcell_ops *ops;	/**< stays as long as the link */
	u32 id;			/**< of this peer */
	u32 max_peers;		/**< with this one, at most IVSHMEM_MAX_PEERS */
	u16 protocol;		/**< of the device's class code; not looked at */
	const u32 *states;	/**< the state table: of max_peers */
	void *rw_section;	/**< not used by the library; any peer writes it */
	size_t rw_size;		/**< bytes, may be 0 */
	void *output;		/**< own output section, aligned to 64 */
	const void *outputs;	/**< all of them, one after the other */
	size_t output_size;	/**< of one, in bytes */

	/**
	 * How often a call looks again before it sleeps. In Linux, sleeping
	 * costs as much as some hundred looks; in an inmate next to nothing.
	 * May be changed at any time.
	 */
	u32 looks;

	struct libcell_link_stats stats;	/**< the library's, to be read */

	/** @private rings take memory from here downwards */
	size_t data;
};

/** Of the state register: a program that has the library is there. */
#define LIBCELL_STATE_READY	1

/** A limit of time that never comes. */
#define LIBCELL_FOREVER		(~0ULL)

/**
 * Lays out the own output section for a new life of this peer and tells the
 * others.
 *
 * Rings that were open before are gone, and have to be opened again.
 *
 * @param link	filled in by the back end
 * @return 0; -EINVAL: the device's numbers do not fit together or the section is
 *	too small for a single ring
 */
int libcell_attach(struct libcell_link *link);

/**
 * Ends that life: peers see their sessions reset, after they have taken what
 * was sent.
 *
 * @param link	not used by any other thread any more
 */
void libcell_detach(struct libcell_link *link);

/**
 * What a peer's state register says.
 *
 * @param link	attached
 * @param peer	any number
 * @return 0: it is not there, or cannot be; #LIBCELL_STATE_READY: it has the
 *	library; anything else is what its program has written
 */
u32 libcell_peer_state(const struct libcell_link *link, u32 peer);

/**
 * Looks whether a peer listens, also while no session exists.
 *
 * @param link		attached
 * @param peer		any number
 * @param channel	of libcell_ring.channel
 * @return 0: the peer has a consumer for us on this channel; -ENOTCONN: it has
 *	none; -EPROTONOSUPPORT: it has another version of the protocol; -EINVAL:
 *	there can be no such peer
 */
int libcell_find_peer(const struct libcell_link *link, u32 peer, u32 channel);

/**
 * For event loops: take the number of events, look at all rings and arm them
 * (libcell_arm_consumer(), libcell_arm_producer()), then libcell_wait().
 *
 * @param link	attached
 * @return number of interrupts so far, modulo 2^32
 */
static inline u32 libcell_events(struct libcell_link *link)
{
	return link->ops->events(link);
}

/**
 * Sleeps until there is another interrupt.
 *
 * Of several threads that wait for one link, all are woken.
 *
 * @param link		attached
 * @param seen		what libcell_events() returned before the last look
 * @param timeout_us	#LIBCELL_FOREVER: no limit
 * @return 0: there were others; -ETIMEDOUT; in Linux also -EINTR: a signal came,
 *	and what read() of the device says when it is gone
 */
int libcell_wait(struct libcell_link *link, u32 seen, u64 timeout_us);

#endif /* LIBCELL_LINK_H */
