// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Two ends of a link in one process. Each sees its own section for writing and
 * the other's read-only, as cells do, with nothing mapped around either: what
 * leaves a section or writes to the wrong one ends the test.
 */

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"
#include "veth.h"

#define SIZE		0x7f000U	/* JAILHOUSE_SHMEM_NET_REGIONS */
#define SMALL		0x8000U		/* 128 entries, so that all wraps often */
#define PAGE		0x1000U

struct end {
	struct veth veth;
	u8 *own;		/* for writing */
	u8 *seen;		/* by the other */
	u32 state;
	unsigned int doorbells;	/* rung by the other */
	sem_t event;
	u64 sent;
	u64 received;
};

static struct end ends[2];
static u32 section_size;

static struct end *other(const struct end *end)
{
	return end == &ends[0] ? &ends[1] : &ends[0];
}

static void set_state(struct veth *veth, u32 state)
{
	struct end *end = (struct end *)veth;

	/* the queues are new: frames count from here on */
	if (state == VETH_INIT)
		end->sent = end->received = 0;
	__atomic_store_n(&end->state, state, __ATOMIC_SEQ_CST);
	sem_post(&other(end)->event);
}

static void doorbell(struct veth *veth)
{
	struct end *peer = other((struct end *)veth);

	__atomic_add_fetch(&peer->doorbells, 1, __ATOMIC_SEQ_CST);
	sem_post(&peer->event);
}

/* A view of the memory with a hole on either side. */
static u8 *map(int memory, int protection)
{
	u8 *hole = mmap(NULL, section_size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	CHECK(hole != MAP_FAILED);
	CHECK(mmap(hole + PAGE, section_size, protection, MAP_SHARED | MAP_FIXED, memory, 0) !=
	      MAP_FAILED);
	return hole + PAGE;
}

static void start(struct end *end)
{
	const struct veth_link link = {
		.own = end->own,
		.other = other(end)->seen,
		.size = section_size,
		.other_state = &other(end)->state,
		.set_state = set_state,
		.doorbell = doorbell,
	};

	end->state = VETH_RESET;
	CHECK(veth_init(&end->veth, &link));
	end->sent = end->received = 0;
}

static void create(u32 size)
{
	section_size = size;
	for (int n = 0; n < 2; n++) {
		int memory = memfd_create("section", 0);

		CHECK(memory >= 0 && !ftruncate(memory, size));
		ends[n].own = map(memory, PROT_READ | PROT_WRITE);
		ends[n].seen = map(memory, PROT_READ);
		close(memory);
		sem_init(&ends[n].event, 0, 0);
		/* whatever an earlier user left there */
		for (u32 at = 0; at < size; at++)
			ends[n].own[at] = (u8)tap_random();
	}
	start(&ends[0]);
	start(&ends[1]);
}

static bool settle(void)
{
	for (int n = 0; n < 6; n++)
		veth_update(&ends[n & 1].veth);
	return veth_update(&ends[0].veth) && veth_update(&ends[1].veth);
}

static void create_running(u32 size)
{
	create(size);
	CHECK(settle());
	ends[0].doorbells = ends[1].doorbells = 0;
}

/* Frames that tell who sent them as which one. */
static u32 frame_len(const struct end *sender, u64 number)
{
	u64 hash = (number * 2 + (sender == &ends[1])) * 0x9e3779b97f4a7c15ULL;
	u32 max = veth_max_frame(&sender->veth);
	u32 limit = hash >> 60 ? 200 : max;

	return 1 + (u32)((hash >> 16) % limit);
}

static u8 frame_byte(const struct end *sender, u64 number, u32 at)
{
	return (u8)(number * 7 + at * 13 + (at >> 8) + (sender == &ends[1]));
}

static bool send_frame(struct end *end)
{
	u32 len = frame_len(end, end->sent);
	u8 *frame = veth_reserve(&end->veth, len);

	if (!frame)
		return false;
	CHECK_EQ((frame - end->own) % VETH_ALIGN, 0);
	CHECK(frame - end->own >= end->veth.data_start);
	for (u32 at = 0; at < len; at++)
		frame[at] = frame_byte(end, end->sent, at);
	veth_send(&end->veth, len);
	end->sent++;
	return true;
}

static bool receive_frame(struct end *end)
{
	u32 len;
	const u8 *frame = veth_receive(&end->veth, &len);

	if (!frame)
		return false;
	CHECK_EQ(len, frame_len(other(end), end->received));
	for (u32 at = 0; at < len; at++)
		if (frame[at] != frame_byte(other(end), end->received, at))
			tap_fail(__FILE__, __LINE__, "frame %llu differs at %u", end->received, at);
	end->received++;
	veth_release(&end->veth);
	return true;
}

static u32 queue_length(u32 size)
{
	create(SIZE);
	section_size = size;
	start(&ends[0]);
	return ends[0].veth.length;
}

TEST(the_queue_length_follows_from_the_section)
{
	static u8 own[PAGE];
	struct veth_link link = { .own = own, .other = own, .size = 0x3800 };

	CHECK_EQ(queue_length(SIZE), 2048);
	CHECK_EQ(queue_length(0x4000), 64);
	CHECK_EQ(queue_length(0x8000), 128);
	CHECK_EQ(queue_length(0x10000), 256);
	CHECK_EQ(queue_length(0x200000), 4096);
	/* 64 entries take 1792 bytes, which must be less than an eighth */
	CHECK(!veth_init(&ends[0].veth, &link));
	link.size += 8;
	CHECK(veth_init(&ends[0].veth, &link));
	link.size = 0;
	CHECK(!veth_init(&ends[0].veth, &link));
}

/* As virtio has it: the used ring is aligned, the events come after the rings. */
TEST(the_layout_is_that_of_virtio)
{
	struct veth *veth = &ends[0].veth;

	create_running(SIZE);
	CHECK_EQ((u8 *)veth->tx_avail - ends[0].own, 2048 * 16);
	CHECK_EQ((u8 *)veth->rx_used - ends[0].own, 36928);
	CHECK_EQ((const u8 *)veth->tx_used - ends[1].seen, 36928);
	CHECK_EQ(veth->data_start, 53376);

	CHECK(send_frame(&ends[0]));
	CHECK_EQ(veth->tx_desc[0].addr, 53376);
	CHECK_EQ(veth->tx_desc[0].len, frame_len(&ends[0], 0));
	CHECK_EQ(veth->tx_desc[0].flags, 0);
	CHECK_EQ(veth->tx_avail->idx, 1);
	CHECK_EQ(veth->tx_avail->ring[0], 0);
	CHECK(receive_frame(&ends[1]));
	CHECK_EQ(veth->tx_used->idx, 1);
	CHECK_EQ(veth->tx_used->ring[0].id, 0);
	CHECK_EQ(veth->tx_used->ring[0].len, frame_len(&ends[0], 0));
	CHECK_EQ(*(u16 *)(ends[1].own + 36928 + 4 + 2048 * 8), 0);
	CHECK(veth_wait(&ends[1].veth));
	CHECK_EQ(*(u16 *)(ends[1].own + 36928 + 4 + 2048 * 8), 1);
}

TEST(both_ends_come_up_in_any_order)
{
	for (u32 order = 0; order < 256; order++) {
		create(SMALL);
		for (u32 bit = 0; bit < 8; bit++)
			veth_update(&ends[order >> bit & 1].veth);
		CHECK(settle());
		CHECK(send_frame(&ends[0]) && receive_frame(&ends[1]));
		CHECK(send_frame(&ends[1]) && receive_frame(&ends[0]));
	}
}

TEST(there_is_no_carrier_without_the_other)
{
	create(SMALL);
	for (int n = 0; n < 5; n++)
		CHECK(!veth_update(&ends[0].veth));
	CHECK_EQ(ends[0].state, VETH_INIT);
	CHECK(!send_frame(&ends[0]) && !receive_frame(&ends[0]));

	CHECK(settle());
	veth_down(&ends[1].veth);
	CHECK(!veth_update(&ends[0].veth));
	CHECK(!send_frame(&ends[0]) && !receive_frame(&ends[0]));
	/* it was the turn of the one that had noticed nothing yet */
	CHECK(settle());
}

/* What both ends understand, as long as they run. */
TEST(features_are_agreed_on)
{
	for (u16 n = 0; n < 4; n++) {
		create(SMALL);
		ends[0].veth.link.features = n & 1 ? VETH_OFFLOAD : 0;
		ends[1].veth.link.features = n & 2 ? VETH_OFFLOAD : 0;
		CHECK(settle());
		CHECK_EQ(ends[1].veth.tx_avail->flags, n & 2 ? VETH_OFFLOAD : 0);
		CHECK_EQ(ends[0].veth.features, n == 3 ? VETH_OFFLOAD : 0);
		CHECK_EQ(ends[1].veth.features, n == 3 ? VETH_OFFLOAD : 0);
	}
	/* nothing that is said later changes it */
	ends[1].veth.tx_avail->flags = 0;
	CHECK(veth_update(&ends[0].veth));
	CHECK_EQ(ends[0].veth.features, VETH_OFFLOAD);
	CHECK_EQ(sizeof(struct veth_offload), 16);
	CHECK_EQ(offsetof(struct veth_offload, sum_start), 6);
}

/* Every state but READY and RUN means that the other end begins anew. */
TEST(the_other_is_believed_to_run_only_if_it_says_so)
{
	static const u32 states[] = { VETH_RESET, VETH_INIT, VETH_RUN + 1, ~0U };

	for (size_t n = 0; n < ARRAY_SIZE(states); n++) {
		create_running(SMALL);
		CHECK(send_frame(&ends[0]));
		ends[1].state = VETH_READY;
		CHECK(!veth_update(&ends[0].veth));
		CHECK_EQ(ends[0].veth.tx_next, 1);
		ends[1].state = states[n];
		CHECK(!veth_update(&ends[0].veth));
		CHECK_EQ(ends[0].veth.tx_next, 0);
		CHECK(ends[0].state < VETH_RUN);
	}
}

/* Whatever was under way, both begin with empty queues. */
TEST(an_end_may_start_anew_at_any_time)
{
	create(SMALL);
	for (int round = 0; round < 3000; round++) {
		struct end *end = &ends[tap_below(2)];

		for (u64 n = tap_below(60); n; n--) {
			struct end *turn = &ends[tap_below(2)];

			switch (tap_below(4)) {
			case 0:
				veth_update(&turn->veth);
				break;
			case 1:
				send_frame(turn);
				break;
			default:
				receive_frame(turn);
			}
		}
		if (tap_below(2))
			veth_down(&end->veth);
		else
			start(end);
		CHECK_EQ(ends[0].veth.stats.violations + ends[1].veth.stats.violations, 0);
	}
	CHECK(settle());
}

TEST(frames_arrive_whole_and_in_order)
{
	create_running(SMALL);
	/* more than the 16 bits of an index */
	while (ends[0].received < 140000) {
		struct end *end = &ends[tap_below(2)];

		for (u64 n = tap_below(200); n; n--)
			if (!send_frame(end))
				break;
		for (u64 n = tap_below(220); n; n--)
			if (!receive_frame(other(end)))
				break;
	}
	CHECK(ends[0].veth.stats.tx_full && ends[1].received > 70000);
	CHECK_EQ(ends[0].veth.stats.violations + ends[1].veth.stats.violations, 0);
	CHECK_EQ(ends[0].veth.stats.tx_frames, ends[0].sent);
	CHECK_EQ(ends[0].veth.stats.rx_frames, ends[0].received);
}

TEST(the_whole_section_can_be_under_way)
{
	u32 max, count = 0;

	create_running(SIZE);
	max = veth_max_frame(&ends[0].veth);
	CHECK_EQ(max, VETH_MAX_FRAME);
	CHECK(!veth_reserve(&ends[0].veth, max + 1));
	CHECK(!veth_reserve(&ends[0].veth, 0));
	while (veth_reserve(&ends[0].veth, max)) {
		veth_send(&ends[0].veth, max);
		count++;
	}
	CHECK_EQ(count, (SIZE - 53376) / 65600);
	/* the rest of the section, in the smallest pieces */
	while (veth_reserve(&ends[0].veth, 1)) {
		veth_send(&ends[0].veth, 1);
		count++;
	}
	CHECK_EQ(count, 7 + (SIZE - 53376 - 7 * 65600) / 64);

	create_running(SIZE);
	for (count = 0; veth_reserve(&ends[0].veth, 1); count++)
		veth_send(&ends[0].veth, 1);
	CHECK_EQ(count, 2048);
}

/* The peer may give frames back in any order; room comes free with the oldest. */
TEST(frames_come_back_in_any_order)
{
	struct veth *veth = &ends[0].veth;
	struct veth_used *used;
	u32 ids[128];

	create_running(SMALL);
	used = ends[1].veth.rx_used;
	for (int round = 0; round < 2000; round++) {
		u32 count = 1 + (u32)tap_below(100);

		for (u32 n = 0; n < count; n++) {
			CHECK(veth_reserve(veth, 1));
			ids[n] = veth->tx_next % 128;
			veth_send(veth, 1);
		}
		for (u32 n = 0; n < count; n++) {
			u32 pick = (u32)tap_below(count - n);

			used->ring[used->idx % 128].id = ids[pick];
			used->idx++;
			ids[pick] = ids[count - n - 1];
		}
		CHECK(veth_reserve(veth, 1));
		CHECK_EQ(veth->tx_oldest, veth->tx_next);
	}
	CHECK_EQ(veth->stats.violations, 0);
}

TEST(who_is_awake_gets_no_doorbell)
{
	create_running(SMALL);
	CHECK(veth_wait(&ends[1].veth));
	for (int n = 0; n < 100; n++) {
		send_frame(&ends[0]);
		veth_flush(&ends[0].veth);
	}
	CHECK_EQ(ends[1].doorbells, 1);
	while (receive_frame(&ends[1]))
		;
	send_frame(&ends[0]);
	veth_flush(&ends[0].veth);
	CHECK_EQ(ends[1].doorbells, 1);
	/* not asleep before it has seen that one */
	CHECK(!veth_wait(&ends[1].veth));
	CHECK(receive_frame(&ends[1]));
	CHECK(veth_wait(&ends[1].veth));
	veth_flush(&ends[0].veth);
	CHECK_EQ(ends[1].doorbells, 1);
	send_frame(&ends[0]);
	send_frame(&ends[0]);
	CHECK_EQ(ends[1].doorbells, 1);
	veth_flush(&ends[0].veth);
	CHECK_EQ(ends[1].doorbells, 2);
	/* nobody asked when frames are given back */
	CHECK_EQ(ends[0].doorbells, 0);
}

/* A peer that wants to know when frames were taken says so by its used event. */
TEST(given_back_frames_are_told_if_wanted)
{
	create_running(SMALL);
	ends[1].veth.tx_avail->ring[128] = 2;
	for (int n = 0; n < 5; n++)
		send_frame(&ends[1]);
	for (int n = 0; n < 2; n++) {
		CHECK(receive_frame(&ends[0]));
		CHECK(!veth_wait(&ends[0].veth));
		CHECK_EQ(ends[1].doorbells, 0);
	}
	CHECK(receive_frame(&ends[0]));
	veth_wait(&ends[0].veth);
	CHECK_EQ(ends[1].doorbells, 1);
	while (receive_frame(&ends[0]))
		;
	CHECK(veth_wait(&ends[0].veth));
	CHECK_EQ(ends[1].doorbells, 1);
}

#define THREAD_FRAMES	60000ULL

/* Sleeps whenever there is nothing to do; a lost doorbell is a test without end. */
static void *run_end(void *arg)
{
	struct end *end = arg;

	while (end->received < THREAD_FRAMES || end->sent < THREAD_FRAMES) {
		bool busy = false;

		veth_update(&end->veth);
		while (end->received < THREAD_FRAMES && receive_frame(end))
			busy = true;
		/* as much as an answer: a sender that is full is woken by frames */
		for (int n = 0; n < 30 && end->sent < THREAD_FRAMES &&
				end->sent < end->received + 40; n++)
			busy |= send_frame(end);
		veth_flush(&end->veth);
		if (!veth_wait(&end->veth) || busy)
			continue;
		/* the last frames get no answer that would tell of room */
		if (end->received < THREAD_FRAMES)
			sem_wait(&end->event);
		else
			sched_yield();
	}
	return NULL;
}

TEST(no_doorbell_is_lost)
{
	pthread_t thread;

	create(SMALL);
	CHECK(!pthread_create(&thread, NULL, run_end, &ends[1]));
	run_end(&ends[0]);
	CHECK(!pthread_join(thread, NULL));
	CHECK_EQ(ends[0].received, THREAD_FRAMES);
	CHECK_EQ(ends[1].received, THREAD_FRAMES);
}

/* What no peer may do: each takes the link down, nothing else. */
static void expect_down(bool received)
{
	struct veth *veth = &ends[0].veth;
	u32 len;

	if (received)
		CHECK(!veth_receive(veth, &len));
	else
		CHECK(!veth_reserve(veth, 64));
	CHECK_EQ(veth->stats.violations, 1);
	CHECK_EQ(ends[0].state, VETH_RESET);
	CHECK(!veth_update(veth));
	CHECK(!veth_receive(veth, &len) && !veth_reserve(veth, 64));
	/* it gets over it when the peer behaves again */
	start(&ends[1]);
	CHECK(settle());
	CHECK(send_frame(&ends[1]) && receive_frame(&ends[0]));
}

#define BAD_FRAME(change) do {						\
	create_running(SMALL);						\
	send_frame(&ends[1]);						\
	desc = ends[1].veth.tx_desc;					\
	avail = ends[1].veth.tx_avail;					\
	change;								\
	expect_down(true);						\
} while (0)

TEST(bad_frames_are_refused)
{
	struct veth_avail *avail;
	struct veth_desc *desc;

	BAD_FRAME(desc->addr = SMALL);
	BAD_FRAME(desc->addr = SMALL - desc->len + 1);
	BAD_FRAME(desc->addr = 0);
	BAD_FRAME(desc->addr = ends[0].veth.data_start - 1);
	BAD_FRAME(desc->addr = ~0ULL);
	BAD_FRAME(desc->addr |= 1ULL << 32);
	BAD_FRAME(desc->addr = 0ULL - desc->len + 64);
	BAD_FRAME(desc->len = ~0U);
	BAD_FRAME(desc->len = SMALL);
	BAD_FRAME(desc->len = VETH_MAX_FRAME + 1);
	BAD_FRAME(desc->flags = 1);
	BAD_FRAME(desc->flags = 2);
	BAD_FRAME(desc->flags = 4);
	BAD_FRAME(avail->idx = 129);
	BAD_FRAME(avail->idx = (u16)-1);
	BAD_FRAME(avail->ring[0] = 128);
	BAD_FRAME(avail->ring[0] = 0xffff);
}

/* The words after the descriptors could pass for one more. */
TEST(there_is_no_descriptor_behind_the_last)
{
	struct veth_avail *avail;

	create_running(SIZE);
	for (int n = 0; n < 7; n++)
		CHECK(send_frame(&ends[1]));
	for (int n = 0; n < 6; n++)
		CHECK(receive_frame(&ends[0]));
	avail = ends[1].veth.tx_avail;
	avail->ring[6] = 2048;
	memcpy(avail->ring, (const u16[]){ 0, 0, 64, 0, 0, 0 }, 12);
	expect_down(true);
}

#define BAD_RETURN(change) do {						\
	create_running(SMALL);						\
	for (int n = 0; n < 3; n++)					\
		send_frame(&ends[0]);					\
	used = ends[1].veth.rx_used;					\
	change;								\
	expect_down(false);						\
} while (0)

TEST(bad_returns_are_refused)
{
	struct veth_used *used;

	BAD_RETURN(used->idx = 4);
	BAD_RETURN(used->idx = (u16)-1);
	BAD_RETURN(used->idx = 1; used->ring[0].id = 3);
	BAD_RETURN(used->idx = 1; used->ring[0].id = 127);
	BAD_RETURN(used->idx = 1; used->ring[0].id = 128);
	BAD_RETURN(used->idx = 1; used->ring[0].id = 0x80000000);
	BAD_RETURN(used->idx = 2; used->ring[0].id = 1; used->ring[1].id = 1);
	BAD_RETURN(used->idx = 2; used->ring[0].id = 0; used->ring[1].id = 0);
}

/* A value that is wrong in the ways that matter. */
static u64 odd_value(void)
{
	static const u64 values[] = { 0, 1, 63, 64, 127, 128, 129, SMALL - 1, SMALL, 65535, 65536,
				      ~0ULL, 1ULL << 31, 1ULL << 32, 1ULL << 63 };

	switch (tap_below(4)) {
	case 0:
		return tap_random();
	case 1:
		return ends[1].veth.data_start + tap_below(SMALL);
	case 2:
		return tap_below(256);
	default:
		return values[tap_below(ARRAY_SIZE(values))];
	}
}

static void scribble(void)
{
	u8 *own = ends[1].own;
	struct veth *veth = &ends[1].veth;
	/* one of the entries that the victim looks at next, as a rule */
	u32 n = ((tap_below(4) ? veth->tx_next : (u32)tap_below(veth->length)) - 1) &
		(veth->length - 1);

	switch (tap_below(40) ? tap_below(7) : 7) {
	case 0:
		((u64 *)own)[tap_below(veth->data_start / 8)] = odd_value();
		break;
	case 1:
		veth->tx_desc[n].addr = odd_value();
		break;
	case 2:
		veth->tx_desc[n].len = (u32)odd_value();
		break;
	case 3:
		veth->tx_avail->idx = (u16)(veth->tx_avail->idx + tap_below(4));
		break;
	case 4:
		veth->tx_avail->ring[n] = (u16)odd_value();
		break;
	case 5:
		veth->rx_used->idx = (u16)(veth->rx_used->idx + tap_below(3));
		break;
	case 6:
		veth->rx_used->ring[n].id = (u32)odd_value();
		break;
	default:
		ends[1].state = (u32)tap_below(6);
	}
}

/* The victim looks at every byte that it is given, and sends. */
static void victim(unsigned int *frames)
{
	struct veth *veth = &ends[0].veth;
	const u8 *frame;
	u8 sum = 0;
	u32 len;

	veth_update(veth);
	while ((frame = veth_receive(veth, &len))) {
		CHECK(frame >= ends[1].seen + veth->data_start);
		for (u32 at = 0; at < len; at++)
			sum = (u8)(sum + frame[at]);
		veth_release(veth);
		if (++*frames % 256 == 0)
			break;
	}
	for (int n = 0; n < 4; n++) {
		len = 1 + (u32)tap_below(veth_max_frame(veth));
		u8 *own = veth_reserve(veth, len);

		if (!own)
			break;
		memset(own, sum, len);
		veth_send(veth, len);
	}
	veth_flush(veth);
	veth_wait(veth);
}

TEST(a_hostile_peer_gains_nothing)
{
	unsigned int frames = 0, runs = 0;

	create_running(SMALL);
	for (int round = 0; round < 60000; round++) {
		/* between things that are right */
		for (u64 n = tap_below(8); n; n--)
			if (veth_reserve(&ends[1].veth, 64))
				veth_send(&ends[1].veth, 64);
		if (tap_below(3))
			scribble();
		victim(&frames);
		runs += ends[0].veth.state == VETH_RUN;
		if (ends[0].veth.state != VETH_RUN && !tap_below(4)) {
			start(&ends[1]);
			CHECK(settle());
		}
	}
	/* it did have something to do */
	CHECK(frames > 1000 && runs > 10000 && ends[0].veth.stats.violations > 1000);
	start(&ends[1]);
	CHECK(settle());
	for (int n = 0; n < 1000; n++)
		CHECK(send_frame(&ends[0]) && receive_frame(&ends[1]) &&
		      send_frame(&ends[1]) && receive_frame(&ends[0]));
}

TAP_MAIN(
	TAP_TEST(the_queue_length_follows_from_the_section),
	TAP_TEST(the_layout_is_that_of_virtio),
	TAP_TEST(both_ends_come_up_in_any_order),
	TAP_TEST(there_is_no_carrier_without_the_other),
	TAP_TEST(features_are_agreed_on),
	TAP_TEST(the_other_is_believed_to_run_only_if_it_says_so),
	TAP_TEST(an_end_may_start_anew_at_any_time),
	TAP_TEST(frames_arrive_whole_and_in_order),
	TAP_TEST(the_whole_section_can_be_under_way),
	TAP_TEST(frames_come_back_in_any_order),
	TAP_TEST(who_is_awake_gets_no_doorbell),
	TAP_TEST(given_back_frames_are_told_if_wanted),
	TAP_TEST(no_doorbell_is_lost),
	TAP_TEST(bad_frames_are_refused),
	TAP_TEST(there_is_no_descriptor_behind_the_last),
	TAP_TEST(bad_returns_are_refused),
	TAP_TEST(a_hostile_peer_gains_nothing)
)
