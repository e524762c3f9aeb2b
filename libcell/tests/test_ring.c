// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Rings of elements: what each call does, one thread. */

#include <string.h>

#include "port.h"
#include "world.h"

#define SECTION		8192

struct sample {
	u64 number;
	u64 twice;
};

LIBCELL_RING(samples, struct sample, 0x5a000001)

static struct world world;
static struct libcell_producer producer;
static struct libcell_consumer consumer;

static const struct libcell_ring ring = { 1, 0x5a000001, sizeof(struct sample), 5 };

/* Peers 0 (producer) and 1 with a session. */
static void begin(u32 count)
{
	const struct sample *in;
	struct sample *out;

	world_create(&world, 3, SECTION);
	world.no_wait = true;
	world_attach(&world, 0);
	world_attach(&world, 1);
	EXPECT_EQ(samples_open_producer(&producer, &world.links[0].link, 1, 1,
					count), 0);
	EXPECT_EQ(samples_open_consumer(&consumer, &world.links[1].link, 0, 1), 0);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), -ENOTCONN);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -EAGAIN);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), 1);
}

static void end(void)
{
	world_destroy(&world);
}

static int put(u64 number)
{
	struct sample sample = { number, 2 * number };

	return samples_send(&producer, &sample, 0);
}

/* Takes what has to be @number. */
static int take(u64 number)
{
	struct sample sample = { 0 };
	int ret = samples_receive(&consumer, &sample, 0);

	if (!ret) {
		EXPECT_EQ(sample.number, number);
		EXPECT_EQ(sample.twice, 2 * number);
	}
	return ret;
}

static void elements_arrive_in_order(void)
{
	u64 n;

	begin(5);
	for (n = 0; n < 23; n++) {
		EXPECT_EQ(put(n), 0);
		EXPECT_EQ(take(n), 0);
	}
	EXPECT_EQ(take(n), -ETIMEDOUT);
	end();
}

static void a_full_ring_takes_no_more(void)
{
	struct sample *out;
	u64 n;

	begin(5);
	for (n = 0; n < 5; n++)
		EXPECT_EQ(put(n), 0);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), -EAGAIN);
	EXPECT_EQ(put(n), -ETIMEDOUT);
	EXPECT_EQ(take(0), 0);
	EXPECT_EQ(put(5), 0);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), -EAGAIN);
	for (n = 1; n < 6; n++)
		EXPECT_EQ(take(n), 0);
	end();
}

static void batches_end_at_the_ring_s_end(void)
{
	const struct sample *in;
	struct sample *out;

	begin(5);
	EXPECT_EQ(samples_reserve(&producer, &out, 3), 3);
	EXPECT_EQ(libcell_commit(&producer, 3), 0);
	EXPECT_EQ(samples_reserve(&producer, &out, 9), 2);
	EXPECT_EQ(libcell_commit(&producer, 2), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 4), 4);
	EXPECT_EQ(libcell_release(&consumer, 4), 0);
	EXPECT_EQ(samples_reserve(&producer, &out, 9), 4);
	EXPECT_EQ(libcell_commit(&producer, 4), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 9), 1);
	EXPECT_EQ(libcell_release(&consumer, 1), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 9), 4);
	EXPECT_EQ(libcell_release(&consumer, 4), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 9), -EAGAIN);
	end();
}

static void nothing_is_copied(void)
{
	const struct sample *in;
	struct sample *out;

	begin(4);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), 1);
	EXPECT((u8 *)out >= (u8 *)world.links[0].link.output &&
	       (u8 *)(out + 1) <= (u8 *)world.links[0].link.output + SECTION);
	out->number = 7;
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -EAGAIN);
	libcell_commit(&producer, 1);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), 1);
	EXPECT_EQ(in->number, 7);
	EXPECT((const u8 *)in >= (const u8 *)world.links[1].link.outputs);
	end();
}

static void what_does_not_fit_is_refused(void)
{
	struct libcell_ring big = { 2, 0, 8192, 1 }, none = { 2, 0, 8, 0 };
	struct libcell_ring odd = { 2, 0, 0, 12 };
	struct libcell_ring huge = { 2, 0, 0xffffffff, 0xffffffff };
	struct libcell_link *link;
	struct libcell_producer p;
	struct libcell_consumer c;

	world_create(&world, 3, SECTION);
	link = world_attach(&world, 0);
	EXPECT_EQ(libcell_open_producer(&p, link, 1, &big), -ENOMEM);
	EXPECT_EQ(libcell_open_producer(&p, link, 1, &huge), -ENOMEM);
	EXPECT_EQ(libcell_open_producer(&p, link, 1, &none), -EINVAL);
	EXPECT_EQ(libcell_open_producer(&p, link, 1, &odd), -EINVAL);
	EXPECT_EQ(libcell_open_producer(&p, link, 0, &ring), -EINVAL);
	EXPECT_EQ(libcell_open_producer(&p, link, 3, &ring), -EINVAL);
	EXPECT_EQ(libcell_open_consumer(&c, link, 0, &ring), -EINVAL);
	EXPECT_EQ(libcell_open_consumer(&c, link, 7, &ring), -EINVAL);
	EXPECT_EQ(libcell_open_producer(&p, link, 1, &ring), 0);
	end();
}

static void room_runs_out_between_ports_and_elements(void)
{
	struct libcell_ring small = { 1, 0, 64, 1 };
	struct libcell_producer p[64];
	struct libcell_link *link;
	u32 n;

	world_create(&world, 2, SECTION);
	link = world_attach(&world, 0);
	for (n = 0; n < 64; n++) {
		small.channel = n;
		if (libcell_open_producer(&p[n], link, 1, &small))
			break;
	}
	/* the header, and 128 + 64 for each */
	EXPECT_EQ(n, (SECTION - 64) / 192);
	end();
}

static void bad_devices_are_refused(void)
{
	struct libcell_link bad;

	world_create(&world, 2, SECTION);
	bad = world.links[0].link;
	bad.max_peers = 13;
	EXPECT_EQ(libcell_attach(&bad), -EINVAL);
	bad.max_peers = 1;
	EXPECT_EQ(libcell_attach(&bad), -EINVAL);
	bad.max_peers = 2;
	bad.id = 2;
	EXPECT_EQ(libcell_attach(&bad), -EINVAL);
	bad.id = 0;
	bad.output_size = 64;
	EXPECT_EQ(libcell_attach(&bad), -EINVAL);
	end();
}

static void ends_that_disagree_are_told(void)
{
	struct libcell_ring other = ring;
	struct libcell_link *a, *b;
	const void *in;
	void *out;

	world_create(&world, 2, SECTION);
	a = world_attach(&world, 0);
	b = world_attach(&world, 1);
	EXPECT_EQ(libcell_open_producer(&producer, a, 1, &ring), 0);
	other.element_size = 8;
	EXPECT_EQ(libcell_open_consumer(&consumer, b, 0, &other), 0);
	EXPECT_EQ(libcell_reserve(&producer, &out, 1), -EPROTO);

	world_attach(&world, 1);
	other = ring;
	other.type++;
	EXPECT_EQ(libcell_open_consumer(&consumer, b, 0, &other), 0);
	EXPECT_EQ(libcell_reserve(&producer, &out, 1), -EPROTO);

	world_attach(&world, 1);
	other = ring;
	other.count++;
	EXPECT_EQ(libcell_open_consumer(&consumer, b, 0, &other), 0);
	EXPECT_EQ(libcell_reserve(&producer, &out, 1), -EPROTO);

	world_attach(&world, 1);
	EXPECT_EQ(libcell_open_consumer(&consumer, b, 0, &ring), 0);
	EXPECT_EQ(libcell_reserve(&producer, &out, 1), -ENOTCONN);
	EXPECT_EQ(libcell_peek(&consumer, &in, 1), -EAGAIN);
	EXPECT_EQ(libcell_reserve(&producer, &out, 1), 1);
	end();
}

static void another_version_is_told(void)
{
	const struct sample *in;

	begin(4);
	*(u32 *)(void *)(world.sections + 4) = 2;
	libcell_reset_consumer(&consumer);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -EPROTONOSUPPORT);
	end();
}

static void there_is_no_doorbell_for_who_is_awake(void)
{
	u64 rung;
	u64 n;

	begin(8);
	rung = world.links[1].doorbells;
	for (n = 0; n < 100; n++) {
		EXPECT_EQ(put(n), 0);
		EXPECT_EQ(take(n), 0);
	}
	EXPECT_EQ(world.links[1].doorbells, rung);
	EXPECT_EQ(world.links[0].link.stats.suppressed, 100);

	/* asleep: one doorbell, not one for each element */
	EXPECT(libcell_arm_consumer(&consumer));
	for (n = 0; n < 8; n++)
		EXPECT_EQ(put(n), 0);
	EXPECT_EQ(world.links[1].doorbells, rung + 1);
	EXPECT(!libcell_arm_consumer(&consumer));

	rung = world.links[0].doorbells;
	EXPECT(!libcell_reserve(&producer, &(void *){ NULL }, 1) ||
	       libcell_arm_producer(&producer));
	for (n = 0; n < 8; n++)
		EXPECT_EQ(take(n), 0);
	EXPECT_EQ(world.links[0].doorbells, rung + 1);
	end();
}

static void a_restarted_consumer_begins_anew(void)
{
	const struct sample *in;
	struct sample *out;

	begin(4);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(put(2), 0);
	world_attach(&world, 1);
	EXPECT_EQ(samples_open_consumer(&consumer, &world.links[1].link, 0, 1), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -ENOTCONN);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), -ECONNRESET);
	EXPECT_EQ(samples_reserve(&producer, &out, 1), -ENOTCONN);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -EAGAIN);
	EXPECT_EQ(put(3), 0);
	EXPECT_EQ(take(3), 0);
	EXPECT_EQ(world.links[0].link.stats.resets, 1);
	end();
}

static void a_restarted_producer_begins_anew(void)
{
	const struct sample *in;
	u64 n;

	begin(4);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(put(2), 0);
	EXPECT_EQ(take(1), 0);
	world_attach(&world, 0);
	EXPECT_EQ(samples_open_producer(&producer, &world.links[0].link, 1, 1, 4),
		  0);
	EXPECT_EQ(put(3), -ETIMEDOUT);
	/* 2 was not read in time */
	EXPECT_EQ(take(2), -ECONNRESET);
	for (n = 0; n < 3; n++) {
		put(3);
		samples_peek(&consumer, &in, 1);
	}
	EXPECT_EQ(take(3), 0);
	end();
}

static void a_killed_producer_s_elements_can_be_read(void)
{
	begin(4);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(put(2), 0);
	world_kill(&world, 0);
	EXPECT_EQ(take(1), 0);
	EXPECT_EQ(take(2), 0);
	EXPECT_EQ(take(3), -ECONNRESET);
	EXPECT_EQ(take(3), -ETIMEDOUT);
	end();
}

static void a_killed_consumer_is_noticed(void)
{
	begin(4);
	EXPECT_EQ(put(1), 0);
	world_kill(&world, 1);
	EXPECT_EQ(put(2), -ECONNRESET);
	EXPECT_EQ(put(2), -ETIMEDOUT);
	end();
}

/* The state goes and comes back, and nothing else changes. */
static void nothing_is_seen_twice_when_a_state_flickers(void)
{
	const struct sample *in;
	u64 n;

	begin(4);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(take(1), 0);
	world_kill(&world, 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -ECONNRESET);
	world.links[0].link.ops->set_state(&world.links[0].link, 1);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -ENOTCONN);
	EXPECT_EQ(put(2), -ECONNRESET);
	for (n = 0; n < 3; n++) {
		put(3);
		samples_peek(&consumer, &in, 1);
	}
	EXPECT_EQ(take(3), 0);
	end();
}

/* The producer restarts while its consumer reads in place. */
static void what_was_read_of_no_session_is_told(void)
{
	const struct sample *in;

	begin(4);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), 1);
	world_attach(&world, 0);
	EXPECT_EQ(libcell_release(&consumer, 1), -ECONNRESET);
	end();
}

static void a_detached_peer_is_noticed(void)
{
	begin(4);
	EXPECT_EQ(put(1), 0);
	libcell_detach(&world.links[0].link);
	EXPECT_EQ(libcell_peer_state(&world.links[1].link, 0), 0);
	EXPECT_EQ(take(1), 0);
	EXPECT_EQ(take(1), -ECONNRESET);
	EXPECT_EQ(take(1), -ETIMEDOUT);
	EXPECT_EQ(libcell_peer_state(&world.links[1].link, 99), 0);
	end();
}

static void offers_are_seen(void)
{
	begin(4);
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 1, 1), 0);
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 1, 2), -ENOTCONN);
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 2, 1), -ENOTCONN);
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 0, 1), -EINVAL);
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 40, 1), -EINVAL);
	*(u32 *)(void *)(world.sections + SECTION + 4) = 2;
	EXPECT_EQ(libcell_find_peer(&world.links[0].link, 1, 1), -EPROTONOSUPPORT);
	end();
}

static void channels_do_not_mix(void)
{
	struct libcell_producer p2;
	struct libcell_consumer c2;
	struct sample sample = { 100, 200 };

	begin(4);
	EXPECT_EQ(samples_open_producer(&p2, &world.links[0].link, 1, 2, 4), 0);
	EXPECT_EQ(samples_open_consumer(&c2, &world.links[1].link, 0, 2), 0);
	samples_send(&p2, &sample, 0);
	samples_receive(&c2, &sample, 0);
	EXPECT_EQ(samples_send(&p2, &sample, 0), 0);
	EXPECT_EQ(put(1), 0);
	EXPECT_EQ(take(1), 0);
	EXPECT_EQ(take(1), -ETIMEDOUT);
	EXPECT_EQ(samples_receive(&c2, &sample, 0), 0);
	EXPECT_EQ(sample.number, 100);
	end();
}

static void peers_take_turns_in_a_merge(void)
{
	struct libcell_producer p[2];
	struct libcell_consumer c[2];
	struct libcell_consumer *both[2] = { &c[0], &c[1] };
	struct libcell_merge merge = { both, 2, 0 };
	struct sample sample = { 0 };
	const void *in;
	u32 n, which;

	world_create(&world, 3, SECTION);
	for (n = 0; n < 3; n++)
		world_attach(&world, n);
	for (n = 0; n < 2; n++) {
		samples_open_producer(&p[n], &world.links[n].link, 2, 1, 4);
		samples_open_consumer(&c[n], &world.links[2].link, n, 1);
		samples_send(&p[n], &sample, 0);
	}
	EXPECT_EQ(libcell_merge_peek(&merge, &which, &in, 4), -EAGAIN);
	EXPECT(libcell_merge_arm(&merge));
	for (n = 0; n < 6; n++) {
		sample.number = n;
		EXPECT_EQ(samples_send(&p[n % 2], &sample, 0), 0);
	}
	EXPECT_EQ(world.links[2].link.stats.violations, 0);
	for (n = 0; n < 6; n++) {
		EXPECT_EQ(libcell_merge_peek(&merge, &which, &in, 1), 1);
		EXPECT_EQ(which, n % 2);
		EXPECT_EQ(((const struct sample *)in)->number, n);
		EXPECT_EQ(libcell_release(both[which], 1), 0);
	}
	/* one of them goes, the other is as before */
	world_kill(&world, 0);
	EXPECT_EQ(libcell_merge_peek(&merge, &which, &in, 1), -ECONNRESET);
	EXPECT_EQ(which, 0);
	EXPECT_EQ(samples_send(&p[1], &sample, 0), 0);
	EXPECT_EQ(libcell_merge_peek(&merge, &which, &in, 1), 1);
	EXPECT_EQ(which, 1);
	end();
}

/* Several producers: what one thread may do to another, one step at a time. */

static struct libcell_mp mp;
static u64 mp_memory[4];

static void begin_mp(void)
{
	const struct sample *in;
	struct libcell_ticket ticket;
	struct sample *out;

	world_create(&world, 2, SECTION);
	world_attach(&world, 0);
	world_attach(&world, 1);
	EXPECT_EQ(samples_open_mp(&mp, &world.links[0].link, 1, 1, 4, mp_memory),
		  0);
	EXPECT_EQ(samples_open_consumer(&consumer, &world.links[1].link, 0, 1), 0);
	EXPECT_EQ(samples_mp_reserve(&mp, &out, &ticket), -ENOTCONN);
	EXPECT_EQ(samples_peek(&consumer, &in, 1), -EAGAIN);
}

static int mp_put(u64 number)
{
	struct sample sample = { number, 2 * number };

	return samples_mp_send(&mp, &sample, 1000);
}

/*
 * Two threads found the ring full, at different times. The one that was slow
 * must not take the other's doorbell away.
 */
static void a_sleeper_keeps_its_doorbell(void)
{
	u64 rung, n;

	begin_mp();
	for (n = 0; n < 4; n++)
		EXPECT_EQ(mp_put(n), 0);
	EXPECT_EQ(take(0), 0);
	EXPECT_EQ(mp_put(4), 0);
	EXPECT(end_arm(&mp.end, true, 1));
	EXPECT(!end_arm(&mp.end, true, 0));
	rung = world.links[0].doorbells;
	EXPECT_EQ(take(1), 0);
	EXPECT_EQ(world.links[0].doorbells, rung + 1);
	end();
}

/* Nobody would wake it when the other one is done. */
static void none_sleeps_while_another_begins_a_session(void)
{
	struct libcell_ticket ticket;
	struct sample *out;

	begin_mp();
	mp.lock = 1;
	EXPECT_EQ(samples_mp_reserve(&mp, &out, &ticket), -EBUSY);
	EXPECT_EQ(mp_put(0), -ETIMEDOUT);
	EXPECT_EQ(world.links[0].link.stats.waits, 0);
	mp.lock = 0;
	EXPECT_EQ(mp_put(0), 0);
	EXPECT_EQ(samples_mp_reserve(&mp, &out, &ticket), 0);
	*out = (struct sample){ 1, 2 };
	libcell_mp_commit(&mp, &ticket);
	EXPECT_EQ(take(0), 0);
	EXPECT_EQ(take(1), 0);
	end();
}

/* It waits for room, not for whatever the consumer does next. */
static void none_sleeps_while_there_is_room(void)
{
	u64 n;

	begin_mp();
	for (n = 0; n < 4; n++)
		EXPECT_EQ(mp_put(n), 0);
	EXPECT_EQ(mp_put(4), -ETIMEDOUT);
	EXPECT_EQ(world.links[0].link.stats.waits, 1);
	EXPECT_EQ(mp.end.own->event, 0);
	end();
}

static void generations_wrap_without_zero(void)
{
	begin(4);
	*(u32 *)(void *)(world.sections + 8) = 0xffffffff;
	world_attach(&world, 0);
	EXPECT_EQ(samples_open_producer(&producer, &world.links[0].link, 1, 1, 4),
		  0);
	put(1);
	take(1);
	put(1);
	take(1);
	put(1);
	EXPECT_EQ(take(1), 0);
	end();
}

static const struct test tests[] = {
	TEST(elements_arrive_in_order),
	TEST(a_full_ring_takes_no_more),
	TEST(batches_end_at_the_ring_s_end),
	TEST(nothing_is_copied),
	TEST(what_does_not_fit_is_refused),
	TEST(room_runs_out_between_ports_and_elements),
	TEST(bad_devices_are_refused),
	TEST(ends_that_disagree_are_told),
	TEST(another_version_is_told),
	TEST(there_is_no_doorbell_for_who_is_awake),
	TEST(a_restarted_consumer_begins_anew),
	TEST(a_restarted_producer_begins_anew),
	TEST(a_killed_producer_s_elements_can_be_read),
	TEST(a_killed_consumer_is_noticed),
	TEST(nothing_is_seen_twice_when_a_state_flickers),
	TEST(what_was_read_of_no_session_is_told),
	TEST(a_detached_peer_is_noticed),
	TEST(offers_are_seen),
	TEST(channels_do_not_mix),
	TEST(peers_take_turns_in_a_merge),
	TEST(a_sleeper_keeps_its_doorbell),
	TEST(none_sleeps_while_another_begins_a_session),
	TEST(none_sleeps_while_there_is_room),
	TEST(generations_wrap_without_zero),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
