/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_CHANNEL_H
#define LIBCELL_CHANNEL_H

#include <libcell/bytes.h>

/**
 * @file
 * Channels by name between programs of any two peers of a link: found by a
 * manager (channeld.h), which is one of the peers; what is sent on an open
 * channel goes from peer to peer. Documentation/channels.md has the model and
 * the protocol.
 *
 * A service belongs to one thread at a time, and its channels with it; with
 * channel_setup.guard, to all threads of the program. What calls return beside success
 * and what ring.h says:
 *
 * - -ETIMEDOUT: not within the time given; 0 looks once
 * - -ENOENT: nobody listens to this name
 * - -EADDRINUSE: another listens to it already
 * - -EACCES: the manager's rules do not allow it
 * - -ELOOP: the listener is this peer itself
 * - -ECONNREFUSED: the listener has refused, or stopped listening
 * - -EPIPE: the other side has closed; said after all that it sent was received
 * - -ECONNRESET: the other side has gone or restarted
 * - -ECONNABORTED: the manager has gone in between, and what it held is lost
 * - -EPROTO: the other side broke the protocol
 * - -EPROTONOSUPPORT: the manager is of another version
 * - -ENFILE: no more channels here, or for this peer at the manager
 */

#define CHANNEL_NAME	32	/**< of a name, with its 0 */
#define CHANNEL_BLOCK	256	/**< windows are counted in blocks of so many bytes */
#define CHANNEL_HOLD	4	/**< blocks held for a channel, and the least window */
#define CHANNEL_CLASSES	3	/**< of urgency, at most */
#define CHANNEL_CONTROL	1024	/**< bytes of a ring from or to the manager */
#define CHANNEL_ARENA_REST	(~0U)	/**< what is left: nothing else can be opened then */

struct channel_service;

/** Memory of messages that wait to be received. The fields are private. */
struct channel_block {
	struct channel_block *next;	/**< @private */
	u32 length;			/**< @private of the message, in its first */
	u32 bulk;			/**< @private of what lies elsewhere, in its first */
	u8 data[CHANNEL_BLOCK];		/**< @private aligned: it is copied so */
};

/** @private what the other side says of bulk */
struct channel_bulk_peer {
	u32 blocks;		/**< @private that it takes at once */
	u32 largest;		/**< @private of them */
	u32 part;		/**< @private of its section, without the head */
	u32 size;		/**< @private */
	const u32 *generation;	/**< @private as long as this is */
	u32 bound;		/**< @private what it was, it is the same life */
};

/** @private */
struct channel_pool {
	struct channel_block *free;	/**< @private */
	u32 left;			/**< @private not promised to anybody */
};

/** @private */
struct channel_queue {
	struct channel_block *first;	/**< @private */
	struct channel_block *last;	/**< @private */
	u32 blocks;			/**< @private */
};

/** @private both directions between two peers */
struct channel_duplex {
	struct libcell_producer out;	/**< @private */
	struct libcell_consumer in;	/**< @private */
	u32 session;			/**< @private of in, as last seen */
	bool blocked;			/**< @private out had no room */
	bool drained;			/**< @private nothing was left in in */
	bool lost;			/**< @private out has gone; in has what is left */
};

/** @private lists that a channel may be in */
enum channel_list {
	CHANNEL_DEBTS,		/**< @private what the others are to be told */
	CHANNEL_WANTS,		/**< @private had no room for a message */
	CHANNEL_STIRRED,	/**< @private what a relay has to look at */
	CHANNEL_NEWS,		/**< @private what the program is to be told */
	CHANNEL_LISTS,		/**< @private */
};

/** @private */
struct channel_place {
	struct channel *next;		/**< @private */
	struct channel *before;		/**< @private */
	bool listed;			/**< @private */
};

/** What one end of a channel has counted. */
struct channel_counts {
	u64 messages;		/**< sent */
	u64 bytes;		/**< of these */
	u64 waits;		/**< sends that found no room at first */
	u32 queue;		/**< blocks that have come and wait to be received */
	u32 high;		/**< the most that there were */
	u64 doorbells;		/**< rung by its program on this link, for all its channels */
	u64 suppressed;		/**< not rung, because the other was awake */
};

#define CHANNEL_LINK	16	/**< of a link's name, with its 0 */

/** What the manager tells of. */
enum channel_seen_kind {
	CHANNEL_SEEN_PEER,	/**< what a peer has asked for so far */
	CHANNEL_SEEN_NAME,	/**< a name; ends[0] listens */
	CHANNEL_SEEN_WAITING,	/**< ends[0] waits for somebody to listen */
	CHANNEL_SEEN_OFFERED,	/**< ends[1] was asked by ends[0] */
	CHANNEL_SEEN_ACCEPTED,	/**< not told to ends[0] yet */
	CHANNEL_SEEN_OPEN,	/**< a channel */
	CHANNEL_SEEN_CLOSING,	/**< somebody has to be told that it is over */
};

/** A name, a channel or a peer, as a manager has it. */
struct channel_seen {
	u32 kind;			/**< enum channel_seen_kind */
	u32 held;			/**< blocks held for who does not listen yet */
	char name[CHANNEL_NAME];	/**< of the listener */
	char link[CHANNEL_LINK];	/**< its link, as the manager calls it */
	u32 peer[2];			/**< who connects or listens; who accepts */
	u32 there;			/**< bits: which of both ends have not closed */
	u32 entries;			/**< of a peer: what it has of the table, */
	struct channel_counts ends[2];	/**< of each end, as it has told last */
	u64 requests;			/**< of a peer, and of these */
	u64 refused;			/**< beyond its share, */
	u64 denied;			/**< not for this peer, */
	u64 violations;			/**< what cannot be */
};

/** @private of channel_see() */
struct channel_look {
	u32 cursor;			/**< @private */
	u32 next;			/**< @private */
	bool asked;			/**< @private */
	int found;			/**< @private 1 with seen, 0 without, -EAGAIN */
	struct channel_seen seen;	/**< @private */
};

/** What a channel is. */
enum channel_state {
	CHANNEL_FREE,		/**< none */
	CHANNEL_LISTENING,	/**< a name of ours */
	CHANNEL_CONNECTING,	/**< asked for */
	CHANNEL_WAITING,	/**< nobody listens yet; the manager holds messages */
	CHANNEL_STOPPED,	/**< accepted; what was held is on its way */
	CHANNEL_CONFIRMED,	/**< accepted, and the other side not told yet */
	CHANNEL_INCOMING,	/**< not accepted yet */
	CHANNEL_ACCEPTED,	/**< waits for the other side's first word */
	CHANNEL_OPEN,		/**< messages flow */
	CHANNEL_CLOSED,		/**< by the other side; what it sent is still there */
	CHANNEL_CLOSING,	/**< by ours; the others are not told yet */
};

/**
 * Functions of a program that channel_poll() calls when there is news, one at a
 * time; those that are NULL are left out. In each, all calls of this header may be
 * made for all channels of the service, channel_close() of its own too; nothing waits
 * there, as if all time-outs were 0, and channel_poll() calls no further ones.
 */
struct channel_handlers {
	/** Somebody asks for a channel to this name: channel_accept(). */
	void (*connect)(struct channel *listener);
	/** It is open: messages can be sent. */
	void (*open)(struct channel *c);
	/**
	 * A message has come: channel_receive(). Called again as long as it takes any
	 * and there are more; the others have their turns in between.
	 */
	void (*message)(struct channel *c);
	/**
	 * There may be room for the last message that channel_send() had none for, or
	 * for bulk.
	 */
	void (*space)(struct channel *c);
	/**
	 * It has ended, and what came before was offered to message():
	 * channel_await() says why. It stays until channel_close().
	 */
	void (*closed)(struct channel *c);
};

/** A channel, or a name that is listened to. Only what says so may be read. */
struct channel {
	struct channel_service *service;	/**< its own */
	void *context;			/**< the program's; NULL at first */
	enum channel_state state;	/**< now */
	char name[CHANNEL_NAME];	/**< of the listener */
	u32 peer;			/**< the other side, if there is one */
	u32 class;			/**< of urgency; when it is open, that of both sides */
	u64 sent;			/**< messages */
	u64 received;			/**< messages that have come */
	u64 sent_bytes;			/**< of those sent */
	u64 delays;			/**< sends that found no room at first */
	u32 high;			/**< the most blocks that waited to be received */
	int reason;			/**< @private why it is closed */
	u32 handle;			/**< @private ours */
	u32 other;			/**< @private the other side's; before: the ticket */
	u32 opener;			/**< @private not open yet: the connector's handle */
	struct channel *listener;	/**< @private of INCOMING */
	u64 order;			/**< @private of INCOMING */
	u32 room;			/**< @private blocks that may be sent, now */
	u32 limit;			/**< @private the other side's window */
	u32 window;			/**< @private blocks that may come */
	u32 used;			/**< @private blocks held; of a listener: INCOMING */
	u32 credit;			/**< @private blocks to be given back */
	u32 backlog;			/**< @private of a listener */
	bool waits;			/**< @private for a listener */
	u32 owes;			/**< @private to the manager: a message */
	bool owes_close;		/**< @private to the other side */
	struct channel_queue queue;	/**< @private */
	struct channel_receiver *receiver;	/**< @private waits for the next message */
	struct channel_place places[CHANNEL_LISTS];	/**< @private */
	const struct channel_handlers *handlers;	/**< @private */
	u32 news;			/**< @private */
	struct channel_call *calls;	/**< @private not answered yet */
	u32 call;			/**< @private number of the last one */
	u32 wants;			/**< @private length of what had no room, plus 1 */
	struct channel_bulk *bulk;	/**< @private */
	struct channel_bulk_peer bulk_peer;	/**< @private */
};

/** What a service has counted. */
struct channel_stats {
	u64 stale;		/**< frames for channels that are gone */
	u64 violations;		/**< what cannot be, from peers */
	u64 refused;		/**< requests beyond the backlog or the table */
	u64 registrations;	/**< with each life of the manager */
	u64 reclaimed;		/**< parts of the arena that were not released in time */
	u64 late;		/**< answers to calls that are over (call.h) */
};

/**
 * A lock, by which several threads use a service: each may make any call for any
 * channel, and waits with the lock given back. Who has taken it may take it again.
 * A channel is closed by one thread when no other uses it any more; a handler of it
 * does not run any more afterwards. Fields of channels are read by handlers only.
 */
struct channel_guard {
	void (*take)(struct channel_guard *guard);	/**< waits for who has it */
	void (*give)(struct channel_guard *guard);	/**< as often as it was taken */
};

/** What a service is made of; all memory is the program's, until the link is detached. */
struct channel_setup {
	u32 manager;			/**< number of the peer that is the manager */
	struct channel *channels;	/**< a table, */
	u32 num_channels;		/**< at most 65535, of this size */
	struct channel_block *blocks;	/**< for what waits to be received, */
	u32 num_blocks;			/**< of this number */
	u32 trunk;			/**< bytes of each ring, a multiple of 8 */
	u32 arena;	/**< bytes of the section for bulk (bulk.h), 0, or CHANNEL_ARENA_REST */
	struct channel_bulk *bulks;	/**< for channels with bulk, either way, */
	u32 num_bulks;			/**< of this number */
	u32 classes;			/**< of urgency, each with rings of its own; 0: one */
	struct channel_guard *guard;	/**< NULL: one thread at a time has the service */
};

/** All channels of a program on a link. */
struct channel_service {
	struct libcell_link *link;	/**< of channel_open() */
	struct channel_stats stats;	/**< to be read */
	struct channel *channels;	/**< @private */
	u32 num_channels;		/**< @private */
	u32 num_classes;		/**< @private */
	u32 manager;			/**< @private */
	u32 longest;			/**< @private message that a trunk takes, in blocks */
	u32 next;			/**< @private where to look for a free one */
	u32 generation;			/**< @private */
	u64 order;			/**< @private */
	/** @private */
	struct {
		struct channel *first;	/**< @private */
		struct channel *last;	/**< @private */
		u32 count;		/**< @private */
	} lists[CHANNEL_NEWS + CHANNEL_CLASSES];	/**< @private news by class */
	bool calling;			/**< @private a handler, now */
	bool armed;			/**< @private who calls handlers sleeps */
	bool stirred;			/**< @private and has something to do */
	struct channel_guard *guard;	/**< @private */
	bool relayed;			/**< @private it is a relay's */
	bool registered;		/**< @private with this manager's life */
	bool greeted;			/**< @private said hello */
	int refused;			/**< @private by the manager: its version */
	struct channel_pool pool;	/**< @private */
	struct channel_look look;	/**< @private */
	struct channel_bulk *bulks;	/**< @private */
	u32 num_bulks;			/**< @private */
	u32 arena;			/**< @private offset in the section */
	u32 arena_size;			/**< @private */
	struct channel_duplex control;	/**< @private */
	struct channel_duplex trunks[CHANNEL_CLASSES][IVSHMEM_MAX_PEERS];	/**< @private */
};

/**
 * The size of trunks for a program that uses its output section for channels: they
 * take a quarter of it.
 *
 * @param link	attached, of two peers at least
 * @return bytes, for channel_setup.trunk with one class
 */
static inline u32 channel_trunk_size(const struct libcell_link *link)
{
	return (u32)link->output_size / 4 / (link->max_peers - 1) & ~7U;
}

/**
 * Prepares channels on a link. The manager need not be there yet.
 *
 * @param s	the caller's memory, used until libcell_detach()
 * @param link	attached
 * @param setup	not needed any more afterwards, but for the memory it names
 * @return 0; -ENOMEM: no room in the own output section; -EINVAL: numbers that
 *	cannot be
 */
int channel_open(struct channel_service *s, struct libcell_link *link,
		 const struct channel_setup *setup);

/**
 * Does what there is to do, without waiting for anybody, then calls handlers. Calls
 * with a time-out do the former themselves.
 *
 * @param s	opened
 * @return number of messages that were handled, and of handlers; 0: nothing is left
 */
u32 channel_poll(struct channel_service *s);

/**
 * Before sleeping, as libcell_arm_consumer().
 *
 * @param s	that had nothing to do
 * @return true: there is nothing to do now
 */
bool channel_arm(struct channel_service *s);

/**
 * One turn of a thread that runs a service: channel_poll(), and if there was nothing
 * to do, it sleeps until there is.
 *
 * @param s		opened
 * @param timeout_us	#LIBCELL_FOREVER: no limit
 * @return 0, or what libcell_wait() says
 */
int channel_turn(struct channel_service *s, u64 timeout_us);

/**
 * For an inmate's handler of the link's interrupt (libcell_irq()), in place of a thread:
 * channel_poll(), and another interrupt if there may be more to do. The guard is one
 * that masks the interrupt (device.h). The program calls it once to begin with.
 *
 * @param s	opened
 */
void channel_interrupt(struct channel_service *s);

/**
 * Listens to a name, also while the manager is not there: it is told when it is.
 *
 * @param s		opened
 * @param name		1 to 31 letters, digits, or any of "._-/"
 * @param backlog	how many may wait to be accepted, at least 1
 * @param listener	gets it; channel_await() says whether the name is ours
 * @return 0; -ENAMETOOLONG; -EINVAL: other characters; -ENFILE
 */
int channel_listen(struct channel_service *s, const char *name, u32 backlog,
		   struct channel **listener);

/**
 * Asks for a channel to who listens to a name. Returns at once.
 *
 * @param s		opened
 * @param name		as of channel_listen()
 * @param window	blocks for what has come and is not received yet, at least
 *	#CHANNEL_HOLD
 * @param wait		if nobody listens: wait, and let the manager hold what is sent;
 *	false: the channel ends with -ENOENT
 * @param c		gets it
 * @return 0; -ENAMETOOLONG; -EINVAL; -ENFILE; -ENOMEM: not so many blocks left
 */
int channel_connect(struct channel_service *s, const char *name, u32 window,
		    bool wait, struct channel **c);

/**
 * channel_connect() for a channel of some urgency: 0, that of all others, up to
 * #CHANNEL_CLASSES - 1. What is more urgent waits for less of the others: it has rings
 * of its own, and of all that has come, its share of each turn is larger and comes
 * first. If the other side has fewer classes, it is of the highest that both have.
 *
 * @param s		as all others, of channel_connect()
 * @param name		see there
 * @param window	see there
 * @param wait		see there
 * @param class		of urgency, below channel_setup.classes
 * @param c		see there
 * @return as channel_connect(); -EINVAL: no such class here
 */
int channel_connect_class(struct channel_service *s, const char *name, u32 window,
			  bool wait, u32 class, struct channel **c);

/**
 * Has functions called for a channel, or for a name and the channels that are accepted
 * from then on. What is there already is news.
 *
 * @param c		of any call here
 * @param handlers	used until it is closed; NULL: none any more
 */
void channel_set_handlers(struct channel *c, const struct channel_handlers *handlers);

/**
 * Waits until a name is ours, or a channel open.
 *
 * @param c		of channel_listen() or channel_connect()
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0, or an error as above
 */
int channel_await(struct channel *c, u64 timeout_us);

/**
 * Takes the next that asks for a channel to a name.
 *
 * @param listener	of channel_listen()
 * @param window	as of channel_connect()
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @param c		gets the channel; it can be used at once
 * @return 0; -ENOMEM: not so many blocks left; or an error as above
 */
int channel_accept(struct channel *listener, u32 window, u64 timeout_us,
		   struct channel **c);

/**
 * Sends a message: returns when it is in the ring, or held by the manager. While a
 * channel is asked for and nobody listens, CHANNEL_HOLD blocks at most are held; then
 * and whenever the other side's window or the ring is full, this waits.
 *
 * @param c		open or asked for
 * @param message	of any alignment
 * @param length	of it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -EMSGSIZE: it is longer than half of the other side's window, or than
 *	the ring; or an error as above
 */
int channel_send(struct channel *c, const void *message, u32 length,
		 u64 timeout_us);

/**
 * Receives a message.
 *
 * @param c		open, asked for, or closed by the other side
 * @param message	gets it
 * @param size		of the room for it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return the length; -EMSGSIZE: it is larger than @p size, and left there; or an
 *	error as above
 */
int channel_receive(struct channel *c, void *message, u32 size, u64 timeout_us);

/**
 * Gives a channel or a name back. The other side receives what was sent, then hears
 * -EPIPE; those who wait to be accepted hear -ECONNREFUSED, or wait on. If there is
 * no room to say so now, channel_poll() does; who ends calls channel_flush().
 *
 * @param c	not used any more afterwards
 */
void channel_close(struct channel *c);

/**
 * Waits until the others have been told what they are to know: closed channels,
 * acceptances, names. A manager that is not there is not waited for: it is told when
 * it comes.
 *
 * @param s		the service
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -ETIMEDOUT: a peer has had no room for it
 */
int channel_flush(struct channel_service *s, u64 timeout_us);

#define CHANNEL_SEE_END	0xffffffffU	/**< a cursor after all that there is */

/**
 * Asks the manager for what it has, one after the other: peers, names and channels, of
 * other links that it manages, too.
 *
 * @param s		the service
 * @param cursor	0 at first; for the next one afterwards
 * @param count		ask both ends of a channel what they have counted: what they
 *	answer is there the next time that one looks
 * @param seen		gets it
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 1; 0: there is nothing more; -ETIMEDOUT: also of a manager that knows no such
 *	request
 */
int channel_see(struct channel_service *s, u32 *cursor, bool count, struct channel_seen *seen,
		u64 timeout_us);

#endif /* LIBCELL_CHANNEL_H */
