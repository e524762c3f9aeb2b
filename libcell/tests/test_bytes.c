// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Messages of any length in a ring of bytes, one thread. */

#include <string.h>

#include "world.h"

#define SECTION		16384
#define RING		4096

static struct world world;
static struct libcell_producer producer;
static struct libcell_consumer consumer;

static void begin(u32 bytes)
{
	const struct libcell_ring ring = LIBCELL_BYTES(7, 1, bytes);
	const struct libcell_ring any = LIBCELL_BYTES(7, 1, 0);
	const void *in;
	void *out;
	u32 length;

	world_create(&world, 2, SECTION);
	world.no_wait = true;
	world_attach(&world, 0);
	world_attach(&world, 1);
	EXPECT_EQ(libcell_open_producer(&producer, &world.links[0].link, 1,
					&ring), 0);
	EXPECT_EQ(libcell_open_consumer(&consumer, &world.links[1].link, 0,
					&any), 0);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, 1), -ENOTCONN);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), -EAGAIN);
}

static void fill(u8 *buf, u32 length, u32 seed)
{
	u32 n;

	for (n = 0; n < length; n++)
		buf[n] = (u8)(seed * 31 + n * 7);
}

static bool is_filled(const u8 *buf, u32 length, u32 seed)
{
	u32 n;

	for (n = 0; n < length; n++)
		if (buf[n] != (u8)(seed * 31 + n * 7))
			return false;
	return true;
}

static void any_length_gets_through(void)
{
	static u8 out[RING], in[RING];
	u32 length;

	begin(RING);
	for (length = 0; length <= RING - LIBCELL_BYTES_HEADER; length++) {
		int ret;

		fill(out, length, length);
		ret = libcell_bytes_send(&producer, out, length, 0);
		if (ret == -ETIMEDOUT) {
			/* the pad has to be taken first */
			EXPECT_EQ(libcell_bytes_receive(&consumer, in, RING, 0),
				  -ETIMEDOUT);
			ret = libcell_bytes_send(&producer, out, length, 0);
		}
		EXPECT_EQ(ret, 0);
		EXPECT_EQ(libcell_bytes_receive(&consumer, in, RING, 0), length);
		EXPECT(is_filled(in, length, length));
	}
	world_destroy(&world);
}

static void what_never_fits_is_refused(void)
{
	void *out;

	begin(RING);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, RING - 7), -EMSGSIZE);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, 0xffffffff), -EMSGSIZE);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, RING - 8), 0);
	world_destroy(&world);
}

static void a_small_buffer_leaves_the_message(void)
{
	u8 buf[16];

	begin(RING);
	fill(buf, 16, 1);
	EXPECT_EQ(libcell_bytes_send(&producer, buf, 16, 0), 0);
	EXPECT_EQ(libcell_bytes_receive(&consumer, buf, 15, 0), -EMSGSIZE);
	memset(buf, 0, sizeof(buf));
	EXPECT_EQ(libcell_bytes_receive(&consumer, buf, 16, 0), 16);
	EXPECT(is_filled(buf, 16, 1));
	world_destroy(&world);
}

/* Random lengths, several under way. */
static void messages_queue(void)
{
	static u8 buf[RING];
	u64 seed = 0x1234567;
	u32 sent = 0, got = 0, lengths[4096];
	int ret;

	begin(RING);
	while (got < 4000) {
		if (random_next(&seed) % 2 && sent < 4000) {
			lengths[sent] = (u32)(random_next(&seed) % 700);
			fill(buf, lengths[sent], sent);
			if (!libcell_bytes_send(&producer, buf, lengths[sent], 0))
				sent++;
			continue;
		}
		ret = libcell_bytes_receive(&consumer, buf, sizeof(buf), 0);
		if (ret == -ETIMEDOUT) {
			EXPECT_EQ(got, sent);
			continue;
		}
		EXPECT_EQ(ret, lengths[got]);
		EXPECT(is_filled(buf, lengths[got], got));
		got++;
	}
	world_destroy(&world);
}

static void nothing_is_copied(void)
{
	const void *in;
	void *out;
	u32 length;

	begin(RING);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, 100), 0);
	EXPECT_EQ((uintptr_t)out % 8, 0);
	fill(out, 60, 3);
	EXPECT_EQ(libcell_bytes_commit(&producer, 60), 0);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), 0);
	EXPECT_EQ(length, 60);
	EXPECT(is_filled(in, 60, 3));
	EXPECT((const u8 *)in > (const u8 *)world.links[1].link.outputs);
	EXPECT_EQ(libcell_bytes_release(&consumer, length), 0);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), -EAGAIN);
	world_destroy(&world);
}

static void a_producer_that_vanishes_in_a_transfer_is_told(void)
{
	const struct libcell_ring ring = LIBCELL_BYTES(7, 1, RING);
	const void *in;
	void *out;
	u32 length;

	begin(RING);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, 100), 0);
	libcell_bytes_commit(&producer, 100);
	EXPECT_EQ(libcell_bytes_reserve(&producer, &out, 1000), 0);
	/* it dies while it fills the second: only the first is there */
	world_kill(&world, 0);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), 0);
	EXPECT_EQ(length, 100);
	EXPECT_EQ(libcell_bytes_release(&consumer, length), 0);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), -ECONNRESET);

	/* it comes back: the half message is never seen */
	world_attach(&world, 0);
	EXPECT_EQ(libcell_open_producer(&producer, &world.links[0].link, 1,
					&ring), 0);
	EXPECT_EQ(libcell_bytes_send(&producer, "x", 1, 0), -ETIMEDOUT);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), -EAGAIN);
	EXPECT_EQ(libcell_bytes_send(&producer, "x", 1, 0), 0);
	EXPECT_EQ(libcell_bytes_peek(&consumer, &in, &length), 0);
	EXPECT_EQ(length, 1);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(any_length_gets_through),
	TEST(what_never_fits_is_refused),
	TEST(a_small_buffer_leaves_the_message),
	TEST(messages_queue),
	TEST(nothing_is_copied),
	TEST(a_producer_that_vanishes_in_a_transfer_is_told),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
