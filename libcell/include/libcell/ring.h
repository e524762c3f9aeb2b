/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_RING_H
#define LIBCELL_RING_H

#include <libcell/link.h>

/*
 * Rings of elements of one size, from a producer in one peer to a consumer in
 * another. Both sides open their end, in any order and again whenever they
 * restart; a session exists while both are there.
 *
 * What calls return beside success:
 *	-EAGAIN		nothing there, or no room
 *	-ENOTCONN	no session yet
 *	-ECONNRESET	the session ended: the peer went or restarted. Said
 *			once; after that a new session is tried
 *	-EPROTO		the peer has written what cannot be, or its end has
 *			another element size, count or type; said until
 *			libcell_reset_*()
 *	-EPROTONOSUPPORT  the peer has another version of the protocol
 * Within a session no element is lost, changed or seen twice. Elements of an
 * old session are never seen in a new one.
 */

/* One end of a ring. Private, but for reading session and peer. */
struct libcell_end {
	struct libcell_link *link;
	struct libcell_port *own;
	const struct libcell_port *other;
	u32 peer;
	u32 channel;
	u32 kind;
	u32 session;		/* counts sessions of this end */
	u32 generation;		/* of own; the producer's names the session */
	u32 bound;		/* generation of the other end */
	int error;		/* -EPROTO until reset */
	bool up;
};

/* One thread at a time; libcell_mp is for several. */
struct libcell_producer {
	struct libcell_end end;
	u8 *data;
	u32 element_size;
	u32 count;
	u32 slot;		/* of head */
	u64 head;		/* index of the next element */
	u64 tail;		/* what was last seen of the consumer */
};

struct libcell_consumer {
	struct libcell_end end;
	const u8 *data;
	u32 element_size;
	u32 count;
	u32 type;
	u32 slot;		/* of tail */
	u64 tail;		/* index of the next element */
	u64 head;		/* what was last seen of the producer */
};

/* Describes a ring; both ends must say the same. */
struct libcell_ring {
	u32 channel;	/* tells rings between the same peers apart */
	u32 type;	/* names what the elements are, and their version */
	u32 element_size;
	u32 count;	/* any number; of the producer, 0 for the consumer: as it has */
};

/* Channels from here on are the library's. */
#define LIBCELL_CHANNELS_RESERVED	0xffff0000U

/*
 * Opens an end towards a peer. The producer's elements take room in the own
 * output section: -ENOMEM if there is none. -EINVAL: no such peer, or numbers
 * that cannot be.
 */
int libcell_open_producer(struct libcell_producer *p, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring);
int libcell_open_consumer(struct libcell_consumer *c, struct libcell_link *link,
			  u32 peer, const struct libcell_ring *ring);

/*
 * Zero-copy: up to @max free elements in one piece, to be filled in place. The
 * first @n of them are the consumer's from libcell_commit() on.
 */
int libcell_reserve(struct libcell_producer *p, void **elements, u32 max);
int libcell_commit(struct libcell_producer *p, u32 n);

/*
 * Zero-copy: up to @max elements in one piece, to be read in place. A hostile
 * peer can change them meanwhile: copy before checking. libcell_release() gives
 * the first @n back, or says -ECONNRESET: then the producer went while they
 * were read, and what was read must not be used.
 */
int libcell_peek(struct libcell_consumer *c, const void **elements, u32 max);
int libcell_release(struct libcell_consumer *c, u32 n);

/*
 * By copy. Wait for a session too (@timeout_us 0: look once); 0, or the errors
 * above, -ETIMEDOUT, -EINTR.
 */
int libcell_send(struct libcell_producer *p, const void *element,
		 u64 timeout_us);
int libcell_receive(struct libcell_consumer *c, void *element, u64 timeout_us);

/*
 * Before sleeping: asks the peer for a doorbell. True: there is nothing to do
 * now, and libcell_wait() with the events taken before this call will return
 * when there is.
 */
bool libcell_arm_producer(struct libcell_producer *p);
bool libcell_arm_consumer(struct libcell_consumer *c);

/* Gives the session up, after -EPROTO: the next call tries a new one. */
void libcell_reset_producer(struct libcell_producer *p);
void libcell_reset_consumer(struct libcell_consumer *c);

/*
 * Several consumers, one for each peer: takes turns. As libcell_peek() of
 * consumer *which, which a result other than -EAGAIN is about.
 */
struct libcell_merge {
	struct libcell_consumer **consumers;
	u32 count;
	u32 turn;
};

int libcell_merge_peek(struct libcell_merge *merge, u32 *which,
		       const void **elements, u32 max);
/* As libcell_arm_consumer(), for all of them. */
bool libcell_merge_arm(struct libcell_merge *merge);

/*
 * Several producers: threads or CPUs of this peer, one ring to one consumer
 * (an ordinary libcell_consumer). A reservation does not wait for others; the
 * consumer sees elements in the order of their reservations.
 */
struct libcell_mp {
	struct libcell_end end;
	u8 *data;
	u32 element_size;
	u32 count;
	u32 lock;		/* of who binds */
	u64 tag;		/* of reserved, as who binds has seen it */
	u64 reserved;		/* index << 8 | number that is odd in a session */
	u64 tail;
	u64 *done;		/* of each slot: index + 1 of what was filled in */
};

struct libcell_ticket {
	void *element;		/* to be filled in */
	u64 index;
};

/* @memory: ring->count words of this program's own memory. */
int libcell_open_mp(struct libcell_mp *mp, struct libcell_link *link, u32 peer,
		    const struct libcell_ring *ring, u64 *memory);
/* -EBUSY: another thread is just beginning a session. */
int libcell_mp_reserve(struct libcell_mp *mp, struct libcell_ticket *ticket);
void libcell_mp_commit(struct libcell_mp *mp, const struct libcell_ticket *ticket);
int libcell_mp_send(struct libcell_mp *mp, const void *element, u64 timeout_us);
/* All threads must have committed. */
void libcell_reset_mp(struct libcell_mp *mp);

/*
 * The same calls with the element's type:
 *
 *	LIBCELL_RING(samples, struct sample, 0x5a17e001)
 *
 * defines samples_send(), samples_reserve(), samples_mp_send() and so on.
 * @type_id should change with the layout of the type.
 */
#define LIBCELL_UNUSED	__attribute__((unused))
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
