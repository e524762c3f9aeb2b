/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Copyright (c) 2026 The Cellblock developers */
#ifndef LIBCELL_PORT_H
#define LIBCELL_PORT_H

#include <libcell/ring.h>

#if __STDC_HOSTED__
#include <string.h>
#else
/* every compiler expects it to be there */
void *memcpy(void *dest, const void *src, size_t n);
#endif

/*
 * An output section:
 *
 *	0	struct libcell_header
 *	64	struct libcell_port, one for each end that its owner has opened
 *	...	free
 *	size	elements of its producers, allocated downwards
 *
 * Only the owner writes it. Nothing read from another's section is trusted:
 * each value is read once, into a variable, and checked there.
 */

#define LIBCELL_MAGIC		0x4c4c4543	/* "CELL" */
#define LIBCELL_VERSION		1

/* Rings of the library itself: they may also be from a peer to itself. */
#define LIBCELL_OWN_CHANNELS	0xffff0000U

struct libcell_header {
	u32 magic;		/* 0 while the section is laid out */
	u32 version;
	u32 generation;		/* the last one that was given to a port */
	u32 num_ports;
	u32 reserved[12];
};

enum libcell_kind {
	LIBCELL_PRODUCER = 1,
	LIBCELL_CONSUMER = 2,
};

struct libcell_port {
	/* These do not change while the generation does not; 0: they are changing. */
	u32 generation;
	u32 kind;
	u32 peer;
	u32 channel;
	u32 type;
	u32 element_size;	/* 0: a ring of bytes */
	u32 count;
	u32 reserved;
	u64 data;		/* producer: offset of the elements */
	u64 start;		/* producer: first index of the session */
	/*
	 * Producer: the consumer's generation that this session is with, and
	 * does not change. Consumer: the producer's generation (the session)
	 * that it has joined, 0 before.
	 */
	u32 peer_generation;
	u32 reserved2[3];

	/* A cache line of its own. */
	u64 index;		/* next one to be produced or consumed */
	u64 event;		/* ring when the other's index passes this */
	u64 reserved3[6];
};

_Static_assert(sizeof(struct libcell_header) == 64, "one cache line");
_Static_assert(sizeof(struct libcell_port) == 128, "two cache lines");
_Static_assert(offsetof(struct libcell_port, index) == 64, "its own line");

/* A checked copy of another's port. */
struct libcell_view {
	const struct libcell_port *port;
	u32 generation;
	u32 peer_generation;
	u32 type;
	u32 element_size;
	u32 count;
	u64 data;
	u64 start;
};

/* Single reads and writes of shared words, never torn or repeated. */
#define load(p)			__atomic_load_n(p, __ATOMIC_RELAXED)
#define load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store(p, v)		__atomic_store_n(p, v, __ATOMIC_RELAXED)
#define store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)
#define fence_acquire()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define fence_release()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define fence_full()		__atomic_thread_fence(__ATOMIC_SEQ_CST)

/* Memory of the own section, from link->data on; more ports have room after that, too. */
int section_take(struct libcell_link *link, u32 more_ports, u64 bytes);
size_t section_left(const struct libcell_link *link);

/* A new port of ours, not valid yet, and room for its elements. */
int port_open(struct libcell_end *end, struct libcell_link *link, u32 kind,
	      u32 peer, const struct libcell_ring *ring, u64 bytes);

/* Gives our port a new generation, with what its other end has to know. */
void port_renew(struct libcell_end *end, u64 start, u32 peer_generation);

/*
 * Finds a peer's port that belongs to @end. -ENOTCONN: there is none,
 * -EPROTONOSUPPORT.
 */
int port_find(const struct libcell_end *end, struct libcell_view *view);

/* Is the other end still what we are bound to, and its peer there? */
static inline bool end_stands(const struct libcell_end *end)
{
	const struct libcell_port *other = load(&end->other);

	return load(&other->generation) == load(&end->bound) &&
	       load(&end->link->states[end->peer]) != IVSHMEM_STATE_RESET;
}

/* Ends the session because the other end changed: -ECONNRESET. */
int end_down(struct libcell_end *end);
/* Ends the session because of what the peer has written: -EPROTO. */
int end_violated(struct libcell_end *end);
void end_doorbell(struct libcell_end *end);

/* Rings if the other end waits for an index from @old + 1 to @index. */
void end_notify(struct libcell_end *end, u64 old, u64 index);
/* Publishes an index, and that. */
void end_publish(struct libcell_end *end, u64 old, u64 index);

/*
 * Before sleeping: asks for a doorbell when the other's index passes @index.
 * False: there is something to do already.
 */
bool end_arm(struct libcell_end *end, bool up, u64 index);

/*
 * A call that waits:
 *
 *	struct libcell_pause pause = { .timeout_us = timeout_us };
 *
 *	do
 *		ret = try();
 *	while (end_pause(end, &pause, up, index, &ret));
 *
 * The first time, it only takes the events; what it may wait for is then either
 * found by the next try or announced by another event.
 */
struct libcell_pause {
	u64 timeout_us;
	u64 deadline;
	bool begun;
	u32 looks;
	u32 seen;
};

bool end_pause(struct libcell_end *end, struct libcell_pause *pause, bool up,
	       u64 index, int *ret);

/* Lets others use what this CPU shares with them. */
static inline void relax(void)
{
#ifdef __aarch64__
	__asm__ volatile("yield" : : : "memory");
#endif
}

/* When a timeout that begins now ends, and what is left of it. */
u64 deadline_of(struct libcell_link *link, u64 timeout_us);
u64 time_left(struct libcell_link *link, u64 deadline);

/*
 * A session for a producer whose next index is @start: 0 when the consumer has
 * joined it.
 */
int producer_bind(struct libcell_end *end, u64 start);

/* Readies a producer or consumer that has no session: 0 when it has one. */
int producer_connect(struct libcell_producer *p);
int consumer_connect(struct libcell_consumer *c);

/* Free elements, or an error. */
int producer_room(struct libcell_producer *p, u32 want, u32 *room);
/* Elements that are there, or an error. */
int consumer_fill(struct libcell_consumer *c, u32 *fill);
/* For who has released an element: a cheap look whether there are more. */
static inline bool consumer_is_empty(const struct libcell_consumer *c)
{
	return c->head == c->tail && load(&c->end.other->index) == c->tail;
}
/* Have those that were read been read in this session? */
int consumer_check(struct libcell_consumer *c);

/* Is this worth waiting? */
static inline bool is_waiting(int ret)
{
	return ret == -EAGAIN || ret == -ENOTCONN;
}

#endif /* LIBCELL_PORT_H */
