/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_LINK_H
#define LIBCELL_LINK_H

#include <jailhouse/ivshmem.h>
#include <jailhouse/types.h>

#include <libcell/errno.h>

/*
 * A link: an IVSHMEM device that this program has made its own. All functions
 * of the library return 0 or a count, or a negative errno. None allocates
 * memory; structures are the caller's and stay until the link is detached.
 * Documentation/libcell.md has the protocol and the memory ordering.
 */

struct libcell_link;

/* What a back end does for the library. */
struct libcell_ops {
	/* Interrupts a peer. */
	void (*doorbell)(struct libcell_link *link, u32 peer);
	/* Writes the state register. */
	void (*set_state)(struct libcell_link *link, u32 state);
	/* Number of interrupts so far, for wait(). */
	u32 (*events)(struct libcell_link *link);
	/*
	 * Returns 0 when events() is not @seen, at once if it is not already;
	 * -ETIMEDOUT, -EINTR.
	 */
	int (*wait)(struct libcell_link *link, u32 seen, u64 timeout_us);
	/* Monotonic time. */
	u64 (*now_us)(struct libcell_link *link);
};

struct libcell_link_stats {
	u64 doorbells;		/* rung */
	u64 suppressed;		/* not rung, because the peer was awake */
	u64 waits;		/* slept */
	u64 resets;		/* sessions that ended because a peer went */
	u64 violations;		/* values of peers that cannot be */
};

struct libcell_link {
	/* The back end fills these in before libcell_attach(). */
	const struct libcell_ops *ops;
	u32 id;			/* of this peer */
	u32 max_peers;
	u16 protocol;
	const u32 *states;	/* the state table */
	void *rw_section;	/* not used by the library; any peer writes it */
	size_t rw_size;
	void *output;		/* own output section */
	const void *outputs;	/* all of them */
	size_t output_size;	/* of one */

	/*
	 * How often a call looks again before it sleeps. In Linux, sleeping
	 * costs as much as some hundred looks; in an inmate next to nothing.
	 */
	u32 looks;

	struct libcell_link_stats stats;

	/* private */
	size_t data;		/* rings take memory from here downwards */
};

/* Of the state register: a program that has the library is there. */
#define LIBCELL_STATE_READY	1

#define LIBCELL_FOREVER		(~0ULL)

/*
 * Lays out the own output section for a new life of this peer and tells the
 * others. -EINVAL: the device's numbers do not fit together or the section is
 * too small.
 */
int libcell_attach(struct libcell_link *link);

/*
 * Ends that life: peers see their sessions reset, after they have taken what
 * was sent.
 */
void libcell_detach(struct libcell_link *link);

/* The peer's state, 0 if it is not there or cannot be. */
u32 libcell_peer_state(const struct libcell_link *link, u32 peer);

/*
 * 0: the peer has a consumer for us on this channel, also while no session
 * exists. -ENOTCONN: it has none; -EPROTONOSUPPORT: it has another version of
 * the protocol; -EINVAL: no such peer.
 */
int libcell_find_peer(const struct libcell_link *link, u32 peer, u32 channel);

/*
 * For event loops: take events, look at all rings (libcell_arm_*()), wait.
 */
static inline u32 libcell_events(struct libcell_link *link)
{
	return link->ops->events(link);
}

int libcell_wait(struct libcell_link *link, u32 seen, u64 timeout_us);

#endif /* LIBCELL_LINK_H */
