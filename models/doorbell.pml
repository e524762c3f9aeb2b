/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) 2026 The Cellblock developers */

/*
 * libcell: a producer rings only if the consumer has said that it sleeps, and no
 * message is left lying beside a consumer that sleeps. A store is seen by the other
 * side some time after it was made, or at a full barrier at the latest.
 *
 * Stands for libcell/src/link.c: end_publish(), end_notify(), end_arm(), end_pause().
 *
 * Mutants
 *	NO_FENCE_NOTIFY	no barrier between the index and the look at the event
 *	NO_FENCE_ARM	no barrier between the event and the look at the index
 *	NO_SECOND_LOOK	it sleeps without having looked at the index again
 *	LATE_SEEN	it notes which doorbells it has seen after it has looked
 */

#define MESSAGES	3

/* What a store makes of memory, and what the other side sees of it. */
byte index, index_seen;		/* the producer's */
byte event, event_seen;		/* the consumer's: it wants a doorbell beyond this index */
byte doorbells;

proctype memory()
{
end:	do
	:: index_seen != index -> index_seen = index
	:: event_seen != event -> event_seen = event
	od
}

proctype producer()
{
	byte old;

	do
	:: index == MESSAGES -> break
	:: index < MESSAGES ->
		old = index;
		index = old + 1;
#ifndef NO_FENCE_NOTIFY
		index_seen = index;	/* fence_full() */
#endif
		if
		/* (u64)(index - event - 1) < index - old */
		:: event_seen >= old && event_seen < index -> doorbells++
		:: else
		fi
	od
}

proctype consumer()
{
	byte taken, seen;

	do
	:: taken == MESSAGES -> break
	:: taken < MESSAGES ->
#ifndef LATE_SEEN
		seen = doorbells;
#endif
		if
		:: index_seen > taken -> taken = index_seen
		:: else ->
			event = taken;
#ifndef NO_FENCE_ARM
			event_seen = event;	/* fence_full() */
#endif
#ifndef NO_SECOND_LOOK
			if
			:: index_seen != taken -> goto again
			:: else
			fi;
#endif
#ifdef LATE_SEEN
			seen = doorbells;
#endif
			doorbells != seen	/* sleeps: for ever, if nobody rings */
again:			skip
		fi
	od
}

init
{
	/* nobody has armed yet */
	event = 255;
	event_seen = 255;
	atomic { run memory(); run producer(); run consumer() }
}
