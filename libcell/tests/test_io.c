// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Frames and addresses (libcell/io.h), one thread. */

#include <string.h>

#include <libcell/io.h>

#include "world.h"

#define SECTION		65536

static struct world world;
static struct libcell_io guest, bridge;
static const u8 mac[LIBCELL_IO_MAC] = { 2, 1, 2, 3, 4, 5 };
static u8 frame[LIBCELL_IO_MAX + 1];

static int send(u32 length)
{
	struct libcell_io_packet packet = { frame, length };

	return libcell_io_send_packets(&guest, &packet, 1);
}

static int receive(void)
{
	static u8 in[LIBCELL_IO_MAX];
	int ret = libcell_io_receive(&bridge, in, 0);

	if (ret == LIBCELL_IO_MAC)
		EXPECT(!memcmp(in, mac, sizeof(mac)));
	else if (ret > 0)
		EXPECT(!memcmp(in, frame, (size_t)ret));
	return ret;
}

static void open_bridge(void)
{
	world_attach(&world, 0);
	EXPECT_EQ(libcell_io_open(&bridge, &world.links[0].link, 1), 0);
}

static void begin(void)
{
	for (unsigned int n = 0; n < sizeof(frame); n++)
		frame[n] = (u8)(n * 7);
	world_create(&world, 2, SECTION);
	world.no_wait = true;
	open_bridge();
	world_attach(&world, 1);
	EXPECT_EQ(libcell_io_open(&guest, &world.links[1].link, 0), 0);
}

/* The first calls of both make the session. */
static void connect(void)
{
	libcell_io_send_mac(&guest, mac);
	EXPECT_EQ(receive(), -ETIMEDOUT);
}

static void the_address_comes_before_frames(void)
{
	begin();
	connect();
	EXPECT_EQ(send(100), 1);
	EXPECT_EQ(send(60), 1);
	EXPECT_EQ(receive(), LIBCELL_IO_MAC);
	EXPECT_EQ(receive(), 100);
	EXPECT_EQ(receive(), 60);
	EXPECT_EQ(receive(), -ETIMEDOUT);
	world_destroy(&world);
}

static void lengths_have_bounds(void)
{
	begin();
	connect();
	EXPECT_EQ(send(0), -EMSGSIZE);
	EXPECT_EQ(send(LIBCELL_IO_MAC), -EMSGSIZE);
	EXPECT_EQ(send(LIBCELL_IO_MIN - 1), -EMSGSIZE);
	EXPECT_EQ(send(LIBCELL_IO_MAX + 1), -EMSGSIZE);
	EXPECT_EQ(send(LIBCELL_IO_MIN), 1);
	EXPECT_EQ(send(LIBCELL_IO_MAX), 1);
	EXPECT_EQ(receive(), LIBCELL_IO_MAC);
	EXPECT_EQ(receive(), LIBCELL_IO_MIN);
	EXPECT_EQ(receive(), LIBCELL_IO_MAX);
	world_destroy(&world);
}

static void as_many_as_there_is_room_for(void)
{
	struct libcell_io_packet packets[64];
	int sent, received = 0;

	for (unsigned int n = 0; n < 64; n++)
		packets[n] = (struct libcell_io_packet) { frame, 1000 };
	begin();
	connect();
	sent = libcell_io_send_packets(&guest, packets, 64);
	EXPECT(sent > 8 && sent < 64);
	EXPECT_EQ(libcell_io_send_packets(&guest, packets, 64), -EAGAIN);
	EXPECT_EQ(receive(), LIBCELL_IO_MAC);
	while (receive() == 1000)
		received++;
	EXPECT_EQ(received, sent);
	/* one that cannot be ends it */
	packets[3].length = 1;
	EXPECT_EQ(libcell_io_send_packets(&guest, packets, 64), 3);
	world_destroy(&world);
}

static void who_comes_back_is_told_again(void)
{
	begin();
	connect();
	EXPECT_EQ(send(100), 1);
	world_kill(&world, 0);
	EXPECT_EQ(send(100), -ECONNRESET);
	open_bridge();
	EXPECT_EQ(send(100), -ENOTCONN);
	EXPECT_EQ(receive(), -ETIMEDOUT);
	EXPECT_EQ(send(200), 1);
	EXPECT_EQ(receive(), LIBCELL_IO_MAC);
	EXPECT_EQ(receive(), 200);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(the_address_comes_before_frames),
	TEST(lengths_have_bounds),
	TEST(as_many_as_there_is_room_for),
	TEST(who_comes_back_is_told_again),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
