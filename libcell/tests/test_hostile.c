// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * A peer that writes anything into its own section. The library may say what it
 * likes, but it reads nothing outside that section (the pages around it, and
 * all other sections as others see them, cannot be touched), writes nothing
 * outside its own, ends every call, and works again when the peer behaves.
 */

#include <string.h>
#include <sys/mman.h>

#include "port.h"
#include "world.h"

#define PAGE		4096
#define SECTION		(4 * PAGE)
#define ROUNDS		200000

static struct world world;
static struct libcell_producer producer;
static struct libcell_consumer consumer, stream;
static struct libcell_mp mp;
static u64 mp_memory[8];

static const struct libcell_ring out_ring = { 1, 1, 24, 8 };
static const struct libcell_ring in_ring = { 2, 1, 24, 0 };
static const struct libcell_ring mp_ring = { 3, 1, 24, 8 };
static const struct libcell_ring byte_ring = LIBCELL_BYTES(4, 1, 0);

/* The other side of those. */
static struct libcell_consumer peer_in, peer_mp;
static struct libcell_producer peer_out, peer_bytes;
static const struct libcell_ring peer_out_ring = { 2, 1, 24, 8 };
static const struct libcell_ring peer_byte_ring = LIBCELL_BYTES(4, 1, 512);

/* Peer 1 is hostile; only its section can be read by the others. */
static void begin(void)
{
	struct libcell_link *link;

	world_create(&world, 3, SECTION);
	link = world_attach(&world, 0);
	mprotect((void *)(uintptr_t)link->outputs, SECTION, PROT_NONE);
	mprotect((u8 *)(uintptr_t)link->outputs + 2 * SECTION, SECTION,
		 PROT_NONE);
	EXPECT_EQ(libcell_open_producer(&producer, link, 1, &out_ring), 0);
	EXPECT_EQ(libcell_open_consumer(&consumer, link, 1, &in_ring), 0);
	EXPECT_EQ(libcell_open_mp(&mp, link, 1, &mp_ring, mp_memory), 0);
	EXPECT_EQ(libcell_open_consumer(&stream, link, 1, &byte_ring), 0);
}

static void peer_opens(void)
{
	struct libcell_link *link = world_attach(&world, 1);

	EXPECT_EQ(libcell_open_consumer(&peer_in, link, 0, &out_ring), 0);
	EXPECT_EQ(libcell_open_producer(&peer_out, link, 0, &peer_out_ring), 0);
	EXPECT_EQ(libcell_open_consumer(&peer_mp, link, 0, &mp_ring), 0);
	EXPECT_EQ(libcell_open_producer(&peer_bytes, link, 0, &peer_byte_ring),
		  0);
}

/* The victim uses all it has. */
static void use(u64 *seed)
{
	struct libcell_ticket ticket;
	const void *in;
	u8 sum = 0;
	void *out;
	u32 length;
	int ret;

	ret = libcell_reserve(&producer, &out, (u32)(random_next(seed) % 9));
	EXPECT(ret <= 8);
	if (ret > 0) {
		memset(out, 1, (size_t)ret * 24);
		libcell_commit(&producer, (u32)ret);
	} else if (ret == -EPROTO) {
		libcell_reset_producer(&producer);
	}
	libcell_arm_producer(&producer);

	ret = libcell_peek(&consumer, &in, 1000000);
	EXPECT(ret * 24 <= SECTION);
	if (ret > 0) {
		/* with ASan and guard pages, reading is the test */
		for (int n = 0; n < ret * 24; n++)
			sum = (u8)(sum + ((const volatile u8 *)in)[n]);
		libcell_release(&consumer, (u32)ret);
	} else if (ret == -EPROTO) {
		libcell_reset_consumer(&consumer);
	}
	libcell_arm_consumer(&consumer);

	ret = libcell_mp_reserve(&mp, &ticket);
	if (!ret) {
		memset(ticket.element, 2, 24);
		libcell_mp_commit(&mp, &ticket);
	} else if (ret == -EPROTO) {
		libcell_reset_mp(&mp);
	}

	ret = libcell_bytes_peek(&stream, &in, &length);
	if (!ret) {
		EXPECT(length < SECTION);
		for (u32 n = 0; n < length; n++)
			sum = (u8)(sum + ((const volatile u8 *)in)[n]);
		libcell_bytes_release(&stream, length);
	} else if (ret == -EPROTO) {
		libcell_reset_consumer(&stream);
	}
}

static u32 something(u64 *seed)
{
	static const u32 numbers[] = {
		0, 1, 2, 7, 8, 24, 128, 512, 0x7fffffff, 0x80000000, 0xffffffff,
		0xfffffff8, LIBCELL_MAGIC, SECTION, SECTION - 8, SECTION + 8,
	};
	u64 value = random_next(seed);

	return value % 4 ? numbers[value / 4 % ARRAY_SIZE(numbers)] :
			   (u32)(value >> 20);
}

/* Does its part of sessions. */
static void behave(void)
{
	const void *in;
	void *out;

	if (libcell_peek(&peer_in, &in, 1) > 0)
		libcell_release(&peer_in, 1);
	if (libcell_peek(&peer_mp, &in, 1) > 0)
		libcell_release(&peer_mp, 1);
	if (libcell_reserve(&peer_out, &out, 1) > 0)
		libcell_commit(&peer_out, 1);
	if (!libcell_bytes_reserve(&peer_bytes, &out, 40))
		libcell_bytes_commit(&peer_bytes, 40);
	if (peer_in.end.error || peer_mp.end.error || peer_out.end.error ||
	    peer_bytes.end.error)
		peer_opens();
}

/* Scribbles: words anywhere, or in a port; sometimes all is well for a while. */
static void scribble(u64 *seed)
{
	u8 *section = world.sections + SECTION;
	u64 kind = random_next(seed) % 32;
	size_t at;

	if (kind < 2) {
		at = random_next(seed) % (SECTION / 4);
		store((u32 *)(void *)section + at, something(seed));
	} else if (kind < 9) {
		/* one of 4 ports: mostly indices, events and positions */
		at = 64 + random_next(seed) % 4 * 128;
		at += kind < 6 ? 64 + random_next(seed) % 4 * 4 :
				 random_next(seed) % 16 * 4;
		store((u32 *)(void *)(section + at), something(seed));
	} else if (kind < 10) {
		/* a small step of an index, as a good peer would */
		at = 64 + random_next(seed) % 4 * 128 + 64;
		*(u64 *)(void *)(section + at) += random_next(seed) % 10;
	} else if (kind == 10 && random_next(seed) % 8 == 0) {
		peer_opens();
	} else if (kind == 11) {
		/* the words of the ring of bytes */
		at = (u32)peer_bytes.end.own->data % SECTION & ~7U;
		at += random_next(seed) % 64 * 8;
		if (at + 4 <= SECTION)
			store((u32 *)(void *)(section + at), something(seed));
	} else {
		behave();
	}
}

/* The victim's private state says nothing that cannot be. */
static void check(void)
{
	EXPECT(producer.slot < 8 && producer.head - producer.tail <= 8);
	EXPECT(!consumer.end.up || consumer.slot < consumer.count);
	EXPECT(!stream.end.up || stream.slot < stream.count);
}

static void behaves_again(void)
{
	u8 element[24] = { 9 };
	bool got = false;
	int n;

	world_kill(&world, 1);
	peer_opens();
	libcell_reset_producer(&producer);
	libcell_reset_consumer(&consumer);
	libcell_reset_consumer(&stream);
	libcell_reset_mp(&mp);
	for (n = 0; n < 8 && !got; n++) {
		u8 in[24];

		memset(element, 0x40 + n, sizeof(element));
		libcell_send(&producer, element, 0);
		libcell_mp_send(&mp, element, 0);
		got = !libcell_receive(&peer_in, in, 0);
		got &= !libcell_receive(&peer_mp, in, 0);
		EXPECT(!got || in[0] >= 0x40);
	}
	EXPECT(got);
	for (n = 0, got = false; n < 8 && !got; n++) {
		libcell_send(&peer_out, element, 0);
		got = !libcell_receive(&consumer, element, 0);
	}
	EXPECT(got);
	for (n = 0, got = false; n < 8 && !got; n++) {
		libcell_bytes_send(&peer_bytes, element, 24, 0);
		got = libcell_bytes_receive(&stream, element, 24, 0) == 24;
	}
	EXPECT(got);
}

static void fuzz(u64 seed)
{
	int n;

	begin();
	peer_opens();
	for (n = 0; n < ROUNDS; n++) {
		scribble(&seed);
		use(&seed);
		check();
		if (n % 4096 == 4095)
			behaves_again();
	}
	/* it was not all noise */
	EXPECT(world.links[0].link.stats.violations > 1000);
	EXPECT(world.links[0].link.stats.resets > 1000);
	EXPECT(producer.end.session > 1000 && consumer.end.session > 1000);
	EXPECT(stream.end.session > 1000 && mp.end.session > 1000);
	world_destroy(&world);
}

static void anything_at_any_time(void)
{
	fuzz(0x5eed);
}

static void anything_at_any_time_again(void)
{
	fuzz(0xfeedbeef);
}

static void connected(void)
{
	u64 seed = 1;
	int n;

	begin();
	peer_opens();
	for (n = 0; n < 4; n++) {
		const void *in;
		void *out;
		u32 length;

		use(&seed);
		libcell_peek(&peer_in, &in, 1);
		libcell_peek(&peer_mp, &in, 1);
		libcell_reserve(&peer_out, &out, 1);
		libcell_bytes_reserve(&peer_bytes, &out, 1);
		libcell_bytes_peek(&stream, &in, &length);
	}
	EXPECT(producer.end.up && consumer.end.up && stream.end.up);
}

static struct libcell_port *peer_port(const struct libcell_end *end)
{
	return (struct libcell_port *)(void *)
	       (world.sections + SECTION +
		((const u8 *)end->own - (const u8 *)world.links[1].link.output));
}

static void each_scribble_is_counted_and_told(void)
{
	struct libcell_ticket ticket;
	u64 *violations = &world.links[0].link.stats.violations;
	const void *in;
	void *out;
	u32 length;

	connected();
	peer_port(&peer_in.end)->index += 100;
	EXPECT_EQ(libcell_reserve(&producer, &out, 8), -EPROTO);
	EXPECT_EQ(*violations, 1);
	EXPECT_EQ(libcell_reserve(&producer, &out, 8), -EPROTO);
	EXPECT_EQ(*violations, 1);

	peer_port(&peer_out.end)->index += 9;
	EXPECT_EQ(libcell_peek(&consumer, &in, 1), -EPROTO);
	EXPECT_EQ(*violations, 2);
	EXPECT_EQ(libcell_receive(&consumer, &length, LIBCELL_FOREVER), -EPROTO);

	peer_port(&peer_bytes.end)->index += 4;
	EXPECT_EQ(libcell_bytes_peek(&stream, &in, &length), -EPROTO);
	EXPECT_EQ(*violations, 3);

	peer_port(&peer_mp.end)->index = ~0ULL;
	while (!libcell_mp_reserve(&mp, &ticket))
		libcell_mp_commit(&mp, &ticket);
	EXPECT_EQ(libcell_mp_reserve(&mp, &ticket), -EPROTO);
	EXPECT_EQ(*violations, 4);
	EXPECT_EQ(libcell_mp_send(&mp, &length, LIBCELL_FOREVER), -EPROTO);
	behaves_again();
	world_destroy(&world);
}

static void lengths_beyond_the_ring_are_told(void)
{
	static const u32 lengths[] = {
		513, 505, 0x7fffffff, 0xfffffffe, 0xfffffff8, 0xffffffff, 504,
	};
	const void *in;
	void *out;
	u32 length, n;

	for (n = 0; n < ARRAY_SIZE(lengths); n++) {
		connected();
		EXPECT_EQ(libcell_bytes_reserve(&peer_bytes, &out, 100), 0);
		libcell_bytes_commit(&peer_bytes, 100);
		*((u64 *)out - 1) = lengths[n];
		EXPECT_EQ(libcell_bytes_peek(&stream, &in, &length), -EPROTO);
		EXPECT_EQ(world.links[0].link.stats.violations, 1);
		world_destroy(&world);
	}
}

/* Enough is there for this length, but not up to the end of the ring. */
static void a_length_across_the_end_is_told(void)
{
	const void *in;
	u8 *first;
	void *out;
	u32 length;

	connected();
	EXPECT_EQ(libcell_bytes_reserve(&peer_bytes, &out, 400), 0);
	first = out;
	libcell_bytes_commit(&peer_bytes, 400);
	EXPECT_EQ(libcell_bytes_peek(&stream, &in, &length), 0);
	libcell_bytes_release(&stream, length);
	EXPECT_EQ(libcell_bytes_reserve(&peer_bytes, &out, 100), 0);
	libcell_bytes_commit(&peer_bytes, 100);
	/* where the pad begins */
	*(u64 *)(void *)(first + 400) = 150;
	EXPECT_EQ(libcell_bytes_peek(&stream, &in, &length), -EPROTO);
	world_destroy(&world);
}

static void places_outside_the_section_are_told(void)
{
	static const struct {
		u64 data;
		u32 element_size;
		u32 count;
	} places[] = {
		{ SECTION, 24, 8 }, { SECTION - 184, 24, 8 }, { ~0ULL - 7, 24, 8 },
		{ 0, 24, 0 }, { 0, 24, 0xffffffff }, { 4, 24, 8 },
		{ SECTION - 8 * 24 + 8, 24, 8 },
	};
	const void *in;
	u32 n;

	for (n = 0; n < ARRAY_SIZE(places); n++) {
		struct libcell_port *port;

		connected();
		port = peer_port(&peer_out.end);
		libcell_reset_consumer(&consumer);
		port->data = places[n].data;
		port->count = places[n].count;
		port->peer_generation = consumer.end.own->generation;
		EXPECT_EQ(libcell_peek(&consumer, &in, 1), -EPROTO);
		EXPECT_EQ(world.links[0].link.stats.violations, 1);
		world_destroy(&world);
	}
}

static const struct test tests[] = {
	TEST(each_scribble_is_counted_and_told),
	TEST(lengths_beyond_the_ring_are_told),
	TEST(a_length_across_the_end_is_told),
	TEST(places_outside_the_section_are_told),
	TEST(anything_at_any_time),
	TEST(anything_at_any_time_again),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
