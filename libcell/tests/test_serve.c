// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The service: one server, two clients. */

#include <string.h>

#include <libcell/serve.h>

#include "world.h"

#define SECTION		16384
#define BULK		4096

static struct world world;
static struct libcell_service service;
static struct libcell_client clients[2];

/* One thread: the server answers when it is told to. */
static void begin(void)
{
	struct libcell_message message = { .type = LIBCELL_PING };
	u32 n;

	world_create(&world, 3, SECTION);
	memset(&service, 0, sizeof(service));
	for (n = 0; n < 3; n++)
		world_attach(&world, n);
	EXPECT_EQ(libcell_service_open(&service, &world.links[2].link), 0);
	for (n = 0; n < 2; n++) {
		EXPECT_EQ(libcell_client_open(&clients[n], &world.links[n].link, 2), 0);
		EXPECT_EQ(libcell_client_open_bulk(&clients[n], BULK), 0);
		/* the sessions begin */
		libcell_send(&clients[n].requests, &message, 0);
		libcell_bytes_send(&clients[n].bulk, &n, sizeof(n), 0);
		libcell_serve(&service);
		libcell_receive(&clients[n].answers, &message, 0);
	}
}

static void ask(u32 client, u32 type)
{
	struct libcell_message message = { .type = type };

	EXPECT_EQ(libcell_send(&clients[client].requests, &message, 0), 0);
}

/* What was counted in the session; ~0: no answer. */
static u64 counted(u32 client)
{
	struct libcell_message message;

	return libcell_receive(&clients[client].answers, &message, 0) ?
	       ~0ULL : message.data[0];
}

static void send_bulk(u32 client, u32 times)
{
	u64 word = 3;

	while (times--)
		EXPECT_EQ(libcell_bytes_send(&clients[client].bulk, &word,
					     sizeof(word), 0), 0);
}

/* One that always has something does not keep the server from the other one. */
static void clients_take_turns(void)
{
	begin();
	send_bulk(0, BULK / 16);
	ask(1, LIBCELL_COUNTS);
	EXPECT(libcell_serve(&service) < BULK / 16);
	EXPECT_EQ(counted(1), 0);
	/* its own request waits for what it has sent before */
	ask(0, LIBCELL_COUNTS);
	while (libcell_serve(&service))
		;
	EXPECT_EQ(counted(0), BULK / 16);
	world_destroy(&world);
}

static void what_has_no_word_adds_none(void)
{
	struct libcell_message message;

	begin();
	send_bulk(0, 1);
	EXPECT_EQ(libcell_bytes_send(&clients[0].bulk, "1234", 4, 0), 0);
	EXPECT_EQ(libcell_bytes_send(&clients[0].bulk, "", 0, 0), 0);
	ask(0, LIBCELL_COUNTS);
	libcell_serve(&service);
	EXPECT_EQ(libcell_receive(&clients[0].answers, &message, 0), 0);
	EXPECT_EQ(message.data[0], 3);
	EXPECT_EQ(message.data[1], 12);
	EXPECT_EQ(message.data[2], 3);
	world_destroy(&world);
}

/* The first thing that a new client hears is not the old one's. */
static void counts_are_of_the_session(void)
{
	void *room;
	int n;

	begin();
	send_bulk(0, 5);
	while (libcell_serve(&service))
		;
	libcell_reset_producer(&clients[0].bulk);
	for (n = 0; n < 4; n++) {
		libcell_bytes_reserve(&clients[0].bulk, &room, 0);
		libcell_serve(&service);
	}
	EXPECT(clients[0].bulk.end.up);
	ask(0, LIBCELL_COUNTS);
	libcell_serve(&service);
	EXPECT_EQ(counted(0), 0);
	world_destroy(&world);
}

static bool stop;

/* Answers what nobody has asked, without an end. */
static void *babble(void *unused)
{
	struct libcell_message message = { .type = LIBCELL_PING, .sequence = 99 };

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
		libcell_send(&service.peers[0].answers, &message, 1000);
	return unused;
}

static void a_call_ends_whatever_comes(void)
{
	struct libcell_message message = { .type = LIBCELL_PING };
	pthread_t thread;

	begin();
	stop = false;
	pthread_create(&thread, NULL, babble, NULL);
	EXPECT_EQ(libcell_call(&clients[0], &message, 100000), -ETIMEDOUT);
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(clients_take_turns),
	TEST(what_has_no_word_adds_none),
	TEST(counts_are_of_the_session),
	TEST(a_call_ends_whatever_comes),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
