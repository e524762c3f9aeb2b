/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_RING_H
#define LIBCELL_RING_H

#include <libcell/link.h>

/**
 * @file
 * Rings of elements of one size, from a producer in one peer to a consumer in
 * another.
 *
 * Both sides open their end, in any order and again whenever they restart; a
 * session exists while both are there. What calls return beside success:
 *
 * - -EAGAIN: nothing there, or no room
 * - -ENOTCONN: no session yet
 * - -ECONNRESET: the session ended: the peer went or restarted. Said once; after
 *   that a new session is tried
 * - -EPROTO: the peer has written what cannot be, or its end has another element
 *   size, count or type; said until libcell_reset_producer(),
 *   libcell_reset_consumer() or libcell_reset_mp()
 * - -EPROTONOSUPPORT: the peer has another version of the protocol
 *
 * Within a session no element is lost, changed or seen twice. Elements of an
 * old session are never seen in a new one.
 */

/** One end of a ring. The fields are private, but for reading these two. */
struct libcell_end {
	struct libcell_link *link;		/**< @private */
	struct libcell_port *own;		/**< @private */
	const struct libcell_port *other;	/**< @private */
	u32 peer;		/**< number of the peer with the other end */
	u32 channel;		/**< @private */
	u32 kind;		/**< @private */
	u32 session;		/**< counts sessions of this end */
	u32 generation;		/**< @private of own; the producer's names the session */
	u32 bound;		/**< @private generation of the other end */
	int error;		/**< @private -EPROTO until reset */
	bool up;		/**< @private */
};

/** For one thread at a time; struct libcell_mp is for several. */
struct libcell_producer {
	struct libcell_end end;		/**< of the ring */
	u8 *data;			/**< @private */
	u32 element_size;		/**< @private */
	u32 count;			/**< @private */
	u32 slot;			/**< @private of head */
	u64 head;			/**< @private index of the next element */
	u64 tail;			/**< @private last seen of the consumer */
};

/** For one thread at a time. */
struct libcell_consumer {
	struct libcell_end end;		/**< of the ring */
	const u8 *data;			/**< @private */
	u32 element_size;		/**< @private */
	u32 count;			/**< @private */
	u32 type;			/**< @private */
	u32 slot;			/**< @private of tail */
	u64 tail;			/**< @private index of the next element */
	u64 head;			/**< @private last seen of the producer */
};

/** Describes a ring; both ends must say the same. */
struct libcell_ring {
	u32 channel;		/**< tells rings between the same peers apart */
	u32 type;		/**< names what the elements are, and their version */
	u32 element_size;	/**< bytes; 0: a ring of bytes, see bytes.h */
	u32 count;		/**< any number; of the consumer 0: as the producer has */
};

/** Channels from here on are the library's. */
#define LIBCELL_CHANNELS_RESERVED	0xffff0000U

/**
 * Opens the sending end towards a peer, which need not be there yet.
 *
 * @param p	the caller's memory, used until libcell_detach()
 * @param link	attached; opening is for one thread at a time
 * @param peer	the receiver
 * @param ring	not needed any more afterwards
 * @return 0; -ENOMEM: no room for the elements in the own output section;
 *	-EINVAL: no such peer, or numbers that cannot be
 */
int libcell_open_producer(struct libcell_producer *p, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring);

/**
 * Opens the receiving end towards a peer, which need not be there yet.
 *
 * @param c	the caller's memory, used until libcell_detach()
 * @param link	attached; opening is for one thread at a time
 * @param peer	the sender
 * @param ring	not needed any more afterwards
 * @return 0; -ENOMEM: no room for a port in the own output section; -EINVAL: no
 *	such peer, or numbers that cannot be
 */
int libcell_open_consumer(struct libcell_consumer *c, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring);

/**
 * Zero-copy: free elements in one piece, to be filled in in place.
 *
 * @param p		opened
 * @param elements	gets the first; they are the caller's until
 *	libcell_commit()
 * @param max		number of elements wanted, at least 1
 * @return number of elements there are, 1 to @p max, or an error as above
 */
int libcell_reserve(struct libcell_producer *p, void **elements, u32 max);

/**
 * Sends elements that were filled in.
 *
 * @param p	with elements from libcell_reserve()
 * @param n	the first of them, at most as many as it returned
 * @return 0
 */
int libcell_commit(struct libcell_producer *p, u32 n);

/**
 * Zero-copy: elements in one piece, to be read in place.
 *
 * A hostile peer can change them meanwhile: copy before checking.
 *
 * @param c		opened
 * @param elements	gets the first, until libcell_release()
 * @param max		number of elements wanted, at least 1
 * @return number of elements there are, 1 to @p max, or an error as above
 */
int libcell_peek(struct libcell_consumer *c, const void **elements, u32 max);

/**
 * Gives elements back, to be overwritten.
 *
 * @param c	with elements from libcell_peek()
 * @param n	the first of them, at most as many as it returned
 * @return 0; -ECONNRESET: the producer went while they were read, and what was
 *	read must not be used
 */
int libcell_release(struct libcell_consumer *c, u32 n);

/**
 * By copy: waits for a session and for room, and sends.
 *
 * @param p		opened
 * @param element	of the size that was opened, of any alignment
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -ETIMEDOUT; -EINTR; or an error as above but for -EAGAIN and
 *	-ENOTCONN
 */
int libcell_send(struct libcell_producer *p, const void *element,
		 u64 timeout_us);

/**
 * By copy: waits for a session and for an element.
 *
 * @param c		opened
 * @param element	gets it; of any alignment
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return 0; -ETIMEDOUT; -EINTR; or an error as above but for -EAGAIN and
 *	-ENOTCONN
 */
int libcell_receive(struct libcell_consumer *c, void *element, u64 timeout_us);

/**
 * Before sleeping: asks the peer for a doorbell when there is room.
 *
 * @param p	that had none
 * @return true: there is nothing to do now, and libcell_wait() with the events
 *	taken before this call will return when there is
 */
bool libcell_arm_producer(struct libcell_producer *p);

/**
 * Before sleeping: asks the peer for a doorbell when there is an element.
 *
 * @param c	that had none
 * @return true: there is nothing to do now, and libcell_wait() with the events
 *	taken before this call will return when there is
 */
bool libcell_arm_consumer(struct libcell_consumer *c);

/**
 * Gives the session up, after -EPROTO: the next call tries a new one.
 *
 * @param p	without reserved elements
 */
void libcell_reset_producer(struct libcell_producer *p);

/**
 * Gives the session up, after -EPROTO: the next call tries a new one.
 *
 * @param c	without elements that are being read
 */
void libcell_reset_consumer(struct libcell_consumer *c);

/** Consumers of several peers that take turns; for one thread at a time. */
struct libcell_merge {
	struct libcell_consumer **consumers;	/**< all opened, the caller's */
	u32 count;				/**< of consumers */
	u32 turn;				/**< whose it is; 0 at first */
};

/**
 * As libcell_peek() of the next consumer that has something to say.
 *
 * @param merge		filled in
 * @param which		gets the number of the consumer that a result other than
 *	-EAGAIN is about, and that libcell_release() is for
 * @param elements	as of libcell_peek()
 * @param max		as of libcell_peek()
 * @return as of libcell_peek(); -EAGAIN: none has anything, or a session
 */
int libcell_merge_peek(struct libcell_merge *merge, u32 *which,
		       const void **elements, u32 max);

/**
 * As libcell_arm_consumer(), for all of them.
 *
 * @param merge	that had nothing
 * @return true: none has anything to do
 */
bool libcell_merge_arm(struct libcell_merge *merge);

/**
 * Several producers: threads or CPUs of this peer, one ring to one consumer
 * (an ordinary struct libcell_consumer).
 *
 * A reservation does not wait for others; the consumer sees elements in the
 * order of their reservations.
 */
struct libcell_mp {
	struct libcell_end end;		/**< of the ring */
	u8 *data;			/**< @private */
	u32 element_size;		/**< @private */
	u32 count;			/**< @private */
	u32 lock;			/**< @private of who binds */
	u64 tag;			/**< @private of reserved, as who binds has seen it */
	u64 reserved;			/**< @private index << 8 | odd in a session */
	u64 tail;			/**< @private */
	u64 *done;			/**< @private of each slot: index + 1 when filled in */
};

/** What a thread has reserved. */
struct libcell_ticket {
	void *element;		/**< to be filled in */
	u64 index;		/**< @private */
};

/**
 * Opens the sending end for several threads or CPUs.
 *
 * @param mp		the caller's memory, used until libcell_detach()
 * @param link		attached; opening is for one thread at a time
 * @param peer		the receiver
 * @param ring		not needed any more afterwards; not one of bytes
 * @param memory	libcell_ring.count words of this program's own memory, used
 *	as long as @p mp
 * @return as of libcell_open_producer()
 */
int libcell_open_mp(struct libcell_mp *mp, struct libcell_link *link, u32 peer,
		    const struct libcell_ring *ring, u64 *memory);

/**
 * Zero-copy: one free element. From any thread or CPU.
 *
 * @param mp		opened
 * @param ticket	gets the place of the element, which is the caller's until
 *	libcell_mp_commit()
 * @return 0; -EBUSY: another thread is just beginning a session; or an error as
 *	above
 */
int libcell_mp_reserve(struct libcell_mp *mp, struct libcell_ticket *ticket);

/**
 * Sends an element that was filled in. The consumer gets it when all that were
 * reserved before it are committed too.
 *
 * @param mp		opened
 * @param ticket	from libcell_mp_reserve(); to be committed once, soon
 */
void libcell_mp_commit(struct libcell_mp *mp, const struct libcell_ticket *ticket);

/**
 * As libcell_send(), from any thread or CPU.
 *
 * @param mp		opened
 * @param element	of the size that was opened, of any alignment
 * @param timeout_us	0: looks once; #LIBCELL_FOREVER: no limit
 * @return as of libcell_send()
 */
int libcell_mp_send(struct libcell_mp *mp, const void *element, u64 timeout_us);

/**
 * Gives the session up, after -EPROTO: the next call tries a new one.
 *
 * @param mp	of which all reservations are committed
 */
void libcell_reset_mp(struct libcell_mp *mp);

/** @cond functions of a ring that a program does not use */
#define LIBCELL_UNUSED	__attribute__((unused))
/** @endcond */

/**
 * The same calls with the element's type: `LIBCELL_RING(samples, struct sample,
 * 0x5a17e001)` defines samples_open_producer(), _open_consumer(), _open_mp(),
 * _reserve(), _peek(), _send(), _receive(), _mp_reserve() and _mp_send().
 *
 * @param name		that those of the functions begin with
 * @param type_		of the elements
 * @param type_id	libcell_ring.type; to be changed with the layout of the type
 */
#define LIBCELL_RING(name, type_, type_id)				\
LIBCELL_UNUSED static inline int name##_open_producer(struct libcell_producer *p,	\
		struct libcell_link *link, u32 peer, u32 channel, u32 count) \
{									\
	struct libcell_ring ring = { channel, type_id, sizeof(type_), count }; \
	return libcell_open_producer(p, link, peer, &ring);		\
}									\
LIBCELL_UNUSED static inline int name##_open_consumer(struct libcell_consumer *c,	\
		struct libcell_link *link, u32 peer, u32 channel)	\
{									\
	struct libcell_ring ring = { channel, type_id, sizeof(type_), 0 }; \
	return libcell_open_consumer(c, link, peer, &ring);		\
}									\
LIBCELL_UNUSED static inline int name##_reserve(			\
		struct libcell_producer *p, type_ **e, u32 max)		\
{									\
	void *elements = NULL;						\
	int ret = libcell_reserve(p, &elements, max);			\
	*e = elements;							\
	return ret;							\
}									\
LIBCELL_UNUSED static inline int name##_peek(struct libcell_consumer *c, const type_ **e, \
			      u32 max)					\
{									\
	const void *elements = NULL;					\
	int ret = libcell_peek(c, &elements, max);			\
	*e = elements;							\
	return ret;							\
}									\
LIBCELL_UNUSED static inline int name##_send(struct libcell_producer *p, const type_ *e, \
			      u64 timeout_us)				\
{									\
	return libcell_send(p, e, timeout_us);				\
}									\
LIBCELL_UNUSED static inline int name##_receive(struct libcell_consumer *c, type_ *e,	\
				 u64 timeout_us)			\
{									\
	return libcell_receive(c, e, timeout_us);			\
}									\
LIBCELL_UNUSED static inline int name##_open_mp(struct libcell_mp *mp,	\
		struct libcell_link *link, u32 peer, u32 channel, u32 count, \
		u64 *memory)						\
{									\
	struct libcell_ring ring = { channel, type_id, sizeof(type_), count }; \
	return libcell_open_mp(mp, link, peer, &ring, memory);		\
}									\
LIBCELL_UNUSED static inline int name##_mp_reserve(struct libcell_mp *mp, \
		type_ **e, struct libcell_ticket *ticket)		\
{									\
	int ret = libcell_mp_reserve(mp, ticket);			\
	*e = ret ? NULL : ticket->element;				\
	return ret;							\
}									\
LIBCELL_UNUSED static inline int name##_mp_send(struct libcell_mp *mp,	\
		const type_ *e, u64 timeout_us)				\
{									\
	return libcell_mp_send(mp, e, timeout_us);			\
}

#endif /* LIBCELL_RING_H */
