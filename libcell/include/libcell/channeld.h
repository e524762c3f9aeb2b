/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_CHANNELD_H
#define LIBCELL_CHANNELD_H

#include <libcell/channel.h>

/**
 * @file
 * The manager of the channels of a link: it knows the names, brings those who ask
 * together, and holds messages for who does not listen yet. It needs no system:
 * a program in Linux and an inmate have the same loop,
 *
 *	for (;;) {
 *		seen = libcell_events(link);
 *		if (channeld_poll(&d) || !channeld_arm(&d))
 *			continue;
 *		libcell_wait(link, seen, LIBCELL_FOREVER);
 *	}
 */

#define CHANNELD_BUCKETS	256	/**< lists, by names and by handles */
#define CHANNELD_UPSTREAMS	4	/**< links that a relay hands names on to */

/** @private in a list that ends where it begins; alone, or a list that is empty */
struct channeld_node {
	struct channeld_node *next;	/**< @private */
	struct channeld_node *before;	/**< @private */
};

/** @private one of the two that an entry is about */
struct channeld_side {
	u32 peer;	/**< @private */
	u32 handle;	/**< @private its own; OFFERED, of the acceptor: the listener's */
	u32 window;	/**< @private */
	u32 owes;	/**< @private a message that it has to get */
	int reason;	/**< @private of CLOSED */
	bool there;	/**< @private has not closed */
	bool asked;	/**< @private is to tell what it has counted */
	struct channel_counts counts;	/**< @private as it has told last */
	struct channeld_node due;	/**< @private of those that a peer has to be told of */
	/**
	 * @private of a peer's; OFFERED, of the acceptor: of those that its name was
	 * offered; b of a name: of all names
	 */
	struct channeld_node of;
	struct channeld_node hash;	/**< @private by peer and handle */
};

/** A name, or a channel. The fields are private. */
struct channeld_entry {
	u32 state;			/**< @private */
	u32 ticket;			/**< @private */
	u16 next;			/**< @private free one */
	char name[CHANNEL_NAME];	/**< @private */
	bool waits;			/**< @private */
	u32 class;			/**< @private asked for, then agreed on */
	bool told;			/**< @private that it waits, or has the name */
	u32 quota;			/**< @private blocks promised to it */
	struct channeld_node by_name;	/**< @private of names, or of those that wait for one */
	struct channeld_node offers;	/**< @private of a name: what it was offered */
	/** @private of a name: on other links */
	struct channel *upstreams[CHANNELD_UPSTREAMS];
	struct channeld_side a;		/**< @private the listener, or who connects */
	struct channeld_side b;		/**< @private who accepts */
	struct channel_queue held;	/**< @private */
};

/** What a manager has counted. */
struct channeld_stats {
	u64 requests;		/**< of all peers */
	u64 opened;		/**< channels */
	u64 held;		/**< messages */
	u64 lost;		/**< held messages whose sender or receiver has gone */
	u64 violations;		/**< requests that cannot be */
	u64 refused;		/**< beyond a peer's share */
	u64 denied;		/**< not for this peer */
};

/** What a peer asks for. */
enum channeld_use {
	CHANNELD_LISTEN,	/**< to have a name */
	CHANNELD_CONNECT,	/**< to have a channel to it */
	CHANNELD_SEE,		/**< to see it: who may connect to it does */
};

struct channeld;

/** May a peer do so? Called for each request. */
typedef bool channeld_may(const struct channeld *d, u32 peer, const char *name,
			  enum channeld_use use);

/** A manager; for one thread at a time. */
struct channeld {
	struct libcell_link *link;	/**< of channeld_open() */
	struct channeld_stats stats;	/**< to be read */
	struct channeld_entry *entries;	/**< @private */
	u32 num_entries;		/**< @private */
	bool own;			/**< @private has a service beside */
	struct channeld_entry *relay;	/**< @private who is asked for unknown names */
	struct channeld *also;		/**< @private whose table is shown, too */
	const char *name;		/**< of channeld_setup */
	channeld_may *may;		/**< @private */
	bool one_system;		/**< @private */
	u16 free;			/**< @private index + 1 of an entry; 0: none */
	struct channeld_node sides[CHANNELD_BUCKETS];	/**< @private by peer and handle */
	struct channeld_node names[CHANNELD_BUCKETS];	/**< @private */
	struct channeld_node waiting[CHANNELD_BUCKETS];	/**< @private for names */
	struct channeld_node all_names;	/**< @private */
	u32 share;			/**< @private entries of one peer */
	u32 share_blocks;		/**< @private */
	u32 generation;			/**< @private */
	u32 secret;			/**< @private by which nobody chooses a bucket */
	struct channel_pool pool;	/**< @private */
	/** @private */
	struct channeld_peer {
		struct channel_duplex control;	/**< @private */
		bool greeted;			/**< @private */
		u64 requests;			/**< @private */
		u64 refused;			/**< @private */
		u64 denied;			/**< @private */
		u64 violations;			/**< @private */
		struct channeld_node due;	/**< @private what it has to be told */
		struct channeld_node sides;	/**< @private its own */
		u32 entries;			/**< @private that it asked for */
		u32 promised;			/**< @private blocks */
	} peers[IVSHMEM_MAX_PEERS];	/**< @private */
};

/** What a manager is made of; the memory is the program's, until the link is detached. */
struct channeld_setup {
	struct channeld_entry *entries;	/**< names and channels: each peer gets its share of them */
	u32 num_entries;		/**< at most 65535, at least one for each other peer */
	struct channel_block *blocks;	/**< for what is held, */
	u32 num_blocks;			/**< of this number */
	const char *name;		/**< of the link, for who looks at it; NULL: none */
	/** NULL: all may do all. Who is refused hears -EACCES, and does not see the name. */
	channeld_may *may;
	/** Peers are programs of one system, and see all. */
	bool one_system;
	/** The program has a service of its own, too, of which it is the manager. */
	bool own;
};

/**
 * Becomes the manager of a link.
 *
 * @param d	the caller's memory, used until libcell_detach()
 * @param link	attached
 * @param setup	not needed any more afterwards, but for the memory it names
 * @return 0; -ENOMEM: no room in the own output section; -EINVAL: numbers that
 *	cannot be
 */
int channeld_open(struct channeld *d, struct libcell_link *link,
		  const struct channeld_setup *setup);

/**
 * Does what there is to do, without waiting for anybody.
 *
 * @param d	opened
 * @return number of requests; 0: nothing is left
 */
u32 channeld_poll(struct channeld *d);

/**
 * Before sleeping, as libcell_arm_consumer().
 *
 * @param d	that had nothing to do
 * @return true: there is nothing to do now
 */
bool channeld_arm(struct channeld *d);

/**
 * Who looks at what this manager has sees what another has, too.
 *
 * @param d	opened
 * @param other	opened, of another link, by the same program; shown after all others
 */
void channeld_show(struct channeld *d, struct channeld *other);

#endif /* LIBCELL_CHANNELD_H */
