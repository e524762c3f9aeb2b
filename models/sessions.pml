/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * libcell's sessions: producer and consumer find each other, whoever of them starts
 * anew at any point. What a consumer takes was written in the session that it is in,
 * no index is taken for one of another session, and in the end they are in one.
 * Memory shows stores in their order here: what barriers are for is not in question.
 *
 * Stands for libcell/src/link.c and libcell/src/ring.c: forget_ports(), port_open(),
 * port_renew(), port_read(), end_down(), producer_bind(), producer_connect(), producer_room(),
 * consumer_connect(), consumer_fill(), consumer_check().
 *
 * Mutants
 *	SAME_AGAIN	a new life has the generations of the one before
 *	INDEX_FIRST	the producer does not look at the generation after the index
 *	NO_CHECK	the consumer does not look at it after it has read an element
 *	JOINS_EARLY	the consumer joins before it has set its index
 */

#define COUNT		2	/* elements of the ring */
/* Indices count on for ever; here, modulo 4. */
#define NEXT(i)		((i + 1) % 4)
#define FROM(a, b)	((b + 4 - a) % 4)
#define RESTARTS	2	/* of both together */
#define MESSAGES	1	/* of a session, after the last restart */

/* The ports, as memory has them. */
byte p_generation, p_peer, p_start, p_index;
byte c_generation, c_peer, c_index;
byte p_last, c_last;		/* generations that were used */
byte element[COUNT];		/* the producer's generation, when it was written */
byte restarts, received;

inline p_renew()
{
	p_generation = 0;
	p_start = head;
	p_peer = bound;
	p_last++;
	own = p_last;
	p_generation = own
}

proctype producer()
{
	byte head, tail, own, bound, generation, peer, value;
	bool up;

	/* forget_ports(): the generations first */
life:	atomic { up = false; bound = 0; own = 0; p_generation = 0 };
	p_peer = 0;
	p_index = 0;
	/* its section is laid out anew */
	element[0] = 0;
	element[1] = 0;
	head = 0;
#ifdef SAME_AGAIN
	p_last = 0;
#endif
end:	do
	:: atomic { restarts < RESTARTS -> restarts++ }; goto life
	:: atomic { !up && c_generation -> generation = c_generation };
		peer = c_peer;
		if
		:: c_generation != generation
		:: c_generation == generation && generation != bound ->
			bound = generation;
			p_renew()
		:: else -> if
			:: peer == own && own -> up = true; tail = head
			:: else -> end_1: c_generation != bound || c_peer != peer || restarts < RESTARTS
			fi
		fi
	:: up ->
		if
		:: c_generation != bound -> up = false; bound = 0
		:: else ->
			if
			:: FROM(tail, head) < COUNT -> element[head % COUNT] = own;
				head = NEXT(head);
				p_index = head
			:: else ->
				value = c_index;
				if
#ifndef INDEX_FIRST
				:: c_generation != bound -> up = false; bound = 0
#endif
				:: else ->
					/* what it says it has taken was sent */
					assert(FROM(tail, value) <= FROM(tail, head));
					tail = value;
					if
					:: FROM(tail, head) == COUNT ->
						end_2: c_index != tail || c_generation != bound || restarts < RESTARTS
					:: else
					fi
				fi
			fi
		fi
	od
}

inline c_renew()
{
	c_generation = 0;
	c_peer = 0;
	c_last++;
	own = c_last;
	c_generation = own
}

proctype consumer()
{
	byte head, tail, own, bound, generation, peer, start, value;
	bool up;

life:	atomic { up = false; c_generation = 0 };
	c_index = 0;
#ifdef SAME_AGAIN
	c_last = 0;
#endif
	c_renew();
end:	do
	:: atomic { restarts < RESTARTS -> restarts++ }; goto life
	:: atomic { !up && p_generation -> generation = p_generation };
		peer = p_peer;
		start = p_start;
		if
		:: p_generation != generation
		:: p_generation == generation && peer == own ->
			bound = generation;
			head = start;
			tail = start;
#ifdef JOINS_EARLY
			c_peer = bound;
			c_index = start;
#else
			c_index = start;
			c_peer = bound;
#endif
			up = true;
			received = 0
		:: else -> end_3: p_generation != generation || p_peer != peer || restarts < RESTARTS
		fi
	:: up ->
		if
		:: head == tail ->
			value = p_index;
			if
			:: p_generation != bound -> up = false; c_renew()
			:: else ->
				assert(FROM(tail, value) <= COUNT);
				head = value;
				if
				:: head == tail ->
end_4:					p_index != tail || p_generation != bound || restarts < RESTARTS
				:: else
				fi
			fi
		:: else ->
			value = element[tail % COUNT];
			if
#ifndef NO_CHECK
			:: p_generation != bound -> up = false; c_renew()
#endif
			:: else ->
				/* it is of this session */
				assert(value == bound);
				tail = NEXT(tail);
				c_index = tail;
				received = (received < MESSAGES -> received + 1 : received);
				if
				:: received == MESSAGES && restarts == RESTARTS -> break
				:: else
				fi
			fi
		fi
	od;
	received = 255
}

/* In the end the consumer has had its messages. */
active proctype quiet()
{
	atomic {
		timeout ->
		assert(received == 255)
	}
}

init
{
	atomic { run producer(); run consumer() }
}
