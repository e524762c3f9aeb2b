// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Memory that two peers share from a tunnel's begin to its end. */

#include <string.h>

#include <libcell/tunnel.h>

#include "port.h"
#include "world.h"

#define SECTION		16384
#define SIZE		4096
#define NUMBER		3

static struct world world;
static struct libcell_tunnel ends[2];

static int create(u32 peer, u32 number, u32 size, u32 rights)
{
	return libcell_tunnel_create(&ends[peer], world_attach(&world, peer), !peer,
				     number, size, rights);
}

static void begin(void)
{
	world_create(&world, 2, SECTION);
	world.no_wait = true;
}

/* Both look until both have said what they see: what is left to do is the same then. */
static int look(void)
{
	int ret[2] = { 1, 1 };

	for (unsigned int n = 0; n < 4; n++) {
		ret[0] = libcell_tunnel_look(&ends[0]);
		ret[1] = libcell_tunnel_look(&ends[1]);
	}
	return ret[0] ? ret[0] : ret[1];
}

static void expect_shared(struct libcell_tunnel *writer, struct libcell_tunnel *reader)
{
	memset(writer->own, 0x5a, SIZE);
	EXPECT(!memcmp(writer->own, reader->other, SIZE));
	*(u8 *)writer->own = 1;
	EXPECT_EQ(*(const u8 *)reader->other, 1);
}

static void both_directions(void)
{
	begin();
	EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
	EXPECT(libcell_tunnel_look(&ends[0]));
	EXPECT(!ends[0].own && !ends[0].other);
	EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
	EXPECT_EQ(look(), 0);
	expect_shared(&ends[0], &ends[1]);
	expect_shared(&ends[1], &ends[0]);
	EXPECT_EQ(look(), 0);
	world_destroy(&world);
}

static void one_direction(void)
{
	begin();
	EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_OFFER), 0);
	EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_READ), 0);
	EXPECT_EQ(look(), 0);
	EXPECT(!ends[0].other && !ends[1].own);
	expect_shared(&ends[0], &ends[1]);
	world_destroy(&world);
}

static void doorbells(void)
{
	u64 before;

	begin();
	EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_OFFER), 0);
	EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_READ), 0);
	EXPECT_EQ(look(), 0);
	for (unsigned int from = 0; from < 2; from++) {
		before = world.links[!from].doorbells;
		libcell_tunnel_ring(&ends[from]);
		EXPECT_EQ(world.links[!from].doorbells, before + 1);
	}
	world_destroy(&world);
}

static void it_goes_with_either(void)
{
	for (u32 gone = 0; gone < 2; gone++) {
		begin();
		EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(look(), 0);
		world_kill(&world, gone);
		EXPECT_EQ(libcell_tunnel_look(&ends[!gone]), -ECONNRESET);
		EXPECT(!ends[!gone].own && !ends[!gone].other);
		EXPECT(libcell_tunnel_look(&ends[!gone]) != 0);
		/* and comes back with it */
		EXPECT_EQ(create(gone, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(look(), 0);
		expect_shared(&ends[0], &ends[1]);
		world_destroy(&world);
	}
}

/* A program that goes ends one direction after the other; who looks between sees neither. */
static void it_goes_as_a_whole(void)
{
	for (u32 gone = 0; gone < 2; gone++) {
		begin();
		EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(look(), 0);
		if (gone)
			ends[1].out.end.own->generation = 0;
		else
			ends[1].in.end.own->generation = 0;
		EXPECT_EQ(libcell_tunnel_look(&ends[0]), -ECONNRESET);
		EXPECT(!ends[0].own && !ends[0].other);
		world_kill(&world, 1);
		/* which is said once */
		EXPECT_EQ(libcell_tunnel_look(&ends[0]), -ENOTCONN);
		EXPECT_EQ(libcell_tunnel_look(&ends[0]), -ENOTCONN);
		EXPECT_EQ(create(1, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
		EXPECT_EQ(look(), 0);
		expect_shared(&ends[0], &ends[1]);
		expect_shared(&ends[1], &ends[0]);
		world_destroy(&world);
	}
}

static void what_cannot_be(void)
{
	begin();
	EXPECT_EQ(create(0, NUMBER, 0, LIBCELL_TUNNEL_BOTH), -EINVAL);
	EXPECT_EQ(create(0, NUMBER, 12, LIBCELL_TUNNEL_BOTH), -EINVAL);
	EXPECT_EQ(create(0, NUMBER, SIZE, 0), -EINVAL);
	EXPECT_EQ(create(0, NUMBER, SIZE, 4), -EINVAL);
	EXPECT_EQ(create(0, 0x10000, SIZE, LIBCELL_TUNNEL_BOTH), -EINVAL);
	/* the section bounds it */
	EXPECT_EQ(create(0, NUMBER, SECTION, LIBCELL_TUNNEL_OFFER), -ENOMEM);
	EXPECT_EQ(create(0, NUMBER, SIZE, LIBCELL_TUNNEL_BOTH), 0);
	EXPECT_EQ(create(1, NUMBER, SIZE / 2, LIBCELL_TUNNEL_BOTH), 0);
	EXPECT_EQ(look(), -EPROTO);
	EXPECT(!ends[0].other && !ends[1].other);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(both_directions),
	TEST(one_direction),
	TEST(doorbells),
	TEST(it_goes_with_either),
	TEST(it_goes_as_a_whole),
	TEST(what_cannot_be),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
