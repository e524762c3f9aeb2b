// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Several producers of one ring. A reservation takes the next index by
 * compare-and-swap of a word that also says whether there is a session. What is
 * filled in is marked in memory of our own, and whoever completes the oldest
 * element moves the shared index over all that are complete: nobody waits for a
 * thread that was interrupted between the two, but the consumer.
 */

#include "port.h"

#define UP		1ULL	/* the parity: odd */
#define TAG_MASK	0xffULL
#define INDEX_SHIFT	8

static u64 index_of(u64 word)
{
	return word >> INDEX_SHIFT;
}

static u64 word_of(u64 index, u64 tag)
{
	return index << INDEX_SHIFT | (tag & TAG_MASK);
}

/* Where the consumer is if there is no room. */
static u64 oldest(const struct libcell_mp *mp, u64 word)
{
	return index_of(word) - mp->count;
}

int libcell_open_mp(struct libcell_mp *mp, struct libcell_link *link, u32 peer,
		    const struct libcell_ring *ring, u64 *memory)
{
	int ret;

	if (!ring->count || !ring->element_size)
		return -EINVAL;
	*mp = (struct libcell_mp){
		.element_size = ring->element_size, .count = ring->count,
		.done = memory,
	};
	for (u32 n = 0; n < ring->count; n++)
		memory[n] = 0;
	ret = port_open(&mp->end, link, LIBCELL_PRODUCER, peer, ring,
			(u64)ring->element_size * ring->count);
	if (!ret)
		mp->data = (u8 *)link->output + mp->end.own->data;
	return ret;
}

/* With the lock held, and no session: nobody reserves. */
static int mp_bind(struct libcell_mp *mp)
{
	u64 word = load(&mp->reserved);
	int ret;

	if ((word & TAG_MASK) != mp->tag) {
		/* what it was bound to was of the session that ended */
		mp->tag = word & TAG_MASK;
		store(&mp->end.bound, 0);
	}
	/* Pairs with the CAS of mp_advance(): all were committed. */
	if (load_acquire(&mp->end.own->index) != index_of(word))
		return -ENOTCONN;
	ret = producer_bind(&mp->end, index_of(word));
	if (ret)
		return ret;
	mp->tag = (word + 1) & TAG_MASK;
	store(&mp->tail, index_of(word));
	/* Whoever sees the session sees what it is bound to. */
	store_release(&mp->reserved, word_of(index_of(word), word + 1));
	return 0;
}

static int mp_connect(struct libcell_mp *mp)
{
	int ret = load(&mp->end.error);

	if (ret)
		return ret;
	if (__atomic_exchange_n(&mp->lock, 1, __ATOMIC_ACQUIRE))
		return -EBUSY;
	ret = load(&mp->reserved) & UP ? 0 : mp_bind(mp);
	store_release(&mp->lock, 0);
	return ret;
}

/*
 * Ends the session that @word is of. One of the threads gets to say so, the
 * others get 0: it has ended already, and there may be another by now.
 */
static int mp_down(struct libcell_mp *mp, u64 word)
{
	u64 *resets = &mp->end.link->stats.resets;
	u64 tag = word & TAG_MASK;

	while (!__atomic_compare_exchange_n(&mp->reserved, &word,
					    word_of(index_of(word), word + 1),
					    false, __ATOMIC_ACQ_REL,
					    __ATOMIC_ACQUIRE))
		if ((word & TAG_MASK) != tag)
			return 0;
	__atomic_add_fetch(resets, 1, __ATOMIC_RELAXED);
	return -ECONNRESET;
}

static int mp_violated(struct libcell_mp *mp, u64 word)
{
	struct libcell_link *link = mp->end.link;

	/* What looked wrong was read before this look at the generation. */
	fence_acquire();
	if (!end_stands(&mp->end))
		return mp_down(mp, word);
	__atomic_add_fetch(&link->stats.violations, 1, __ATOMIC_RELAXED);
	store(&mp->end.error, -EPROTO);
	mp_down(mp, word);
	return -EPROTO;
}

/*
 * Looks where the consumer is: 0 to try again. Others reserve at the same time:
 * the consumer's index can be trusted if it is not more than a ring behind what
 * was reserved before it was read, @word, and not before what is afterwards.
 */
static int mp_refresh(struct libcell_mp *mp, u64 word)
{
	u64 first = oldest(mp, word);
	/*
	 * Pairs with the consumer's publish: it has read what lies before its
	 * index. And what is reserved now is looked at after it.
	 */
	u64 tail = load_acquire(&load(&mp->end.other)->index);
	u64 now = load_acquire(&mp->reserved);

	if ((now ^ word) & TAG_MASK)
		return 0;
	if (!end_stands(&mp->end))
		return mp_down(mp, now);
	if (tail - first > index_of(now) - first)
		return mp_violated(mp, now);
	/* Whoever sees it sees at least what is reserved now. */
	store_release(&mp->tail, tail);
	return index_of(now) - tail == mp->count ? -EAGAIN : 0;
}

int libcell_mp_reserve(struct libcell_mp *mp, struct libcell_ticket *ticket)
{
	u64 tail, word;
	int ret = 0;

	while (!ret) {
		/* Pairs with mp_refresh(): the word is not older than the tail. */
		tail = load_acquire(&mp->tail);
		/* Pairs with mp_bind(). */
		word = load_acquire(&mp->reserved);
		if (!(word & UP))
			ret = mp_connect(mp);
		else if (!end_stands(&mp->end))
			ret = mp_down(mp, word);
		else if (index_of(word) - tail >= mp->count)
			ret = mp_refresh(mp, word);
		else if (__atomic_compare_exchange_n(&mp->reserved, &word,
						     word + (1 << INDEX_SHIFT),
						     false, __ATOMIC_ACQ_REL,
						     __ATOMIC_RELAXED)) {
			ticket->index = index_of(word);
			ticket->element = mp->data + ticket->index % mp->count *
						     mp->element_size;
			return 0;
		}
	}
	return ret;
}

/* Moves the shared index over what is complete. */
static void mp_advance(struct libcell_mp *mp)
{
	u64 *shared = &mp->end.own->index;
	u64 index = load_acquire(shared);

	/* Pairs with commit: what is marked is filled in. */
	while (load_acquire(&mp->done[index % mp->count]) == index + 1) {
		/*
		 * Release: the consumer that sees the index sees the elements,
		 * also those that we have seen marked by others.
		 */
		if (__atomic_compare_exchange_n(shared, &index, index + 1,
						false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE)) {
			end_notify(&mp->end, index, index + 1);
			index++;
		}
	}
}

void libcell_mp_commit(struct libcell_mp *mp, const struct libcell_ticket *ticket)
{
	/* Whoever sees the mark sees the element. */
	store_release(&mp->done[ticket->index % mp->count], ticket->index + 1);
	/*
	 * Our mark is visible before we look at those of others: of two that
	 * complete neighbours at a time, one sees both and moves over both.
	 */
	fence_full();
	mp_advance(mp);
}

int libcell_mp_send(struct libcell_mp *mp, const void *element, u64 timeout_us)
{
	struct libcell_ticket ticket;
	struct libcell_pause pause = { .timeout_us = timeout_us };
	u64 word;
	int ret;

	do {
		ret = libcell_mp_reserve(mp, &ticket);
		word = load_acquire(&mp->reserved);
	} while (end_pause(&mp->end, &pause, word & UP, oldest(mp, word), &ret));
	if (ret < 0)
		return ret;
	memcpy(ticket.element, element, mp->element_size);
	libcell_mp_commit(mp, &ticket);
	return 0;
}

void libcell_reset_mp(struct libcell_mp *mp)
{
	u64 word = load(&mp->reserved);

	if (word & UP)
		mp_down(mp, word);
	store(&mp->end.error, 0);
}
