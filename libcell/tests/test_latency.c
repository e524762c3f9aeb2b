// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* The latency service: messages there and back, one server, one client. */

#include <string.h>

#include <libcell/latency.h>

#include "world.h"

#define SECTION		16384
#define FREQUENCY	62500000
#define TIMEOUT_US	10000000

static struct world world;
static struct libcell_service service;
static struct libcell_latency latency;
static struct libcell_client client;
static bool stop;

static bool handler(struct libcell_service *s, u32 peer,
		    struct libcell_message *message)
{
	(void)peer;
	return libcell_latency_answer(s->context, message);
}

static void *serve(void *unused)
{
	u32 seen;

	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		seen = libcell_events(service.link);
		if (libcell_serve(&service) || !libcell_service_arm(&service))
			continue;
		libcell_wait(service.link, seen, LIBCELL_FOREVER);
	}
	return unused;
}

/* Runs @test as the client while the server answers. */
static void with_server(void (*test)(void))
{
	pthread_t thread;

	world_create(&world, 2, SECTION);
	memset(&service, 0, sizeof(service));
	memset(&client, 0, sizeof(client));
	latency = (struct libcell_latency) { .frequency = FREQUENCY };
	service.handler = handler;
	service.context = &latency;
	EXPECT_EQ(libcell_service_open(&service, world_attach(&world, 1)), 0);
	EXPECT_EQ(libcell_client_open(&client, world_attach(&world, 0), 1), 0);
	stop = false;
	pthread_create(&thread, NULL, serve, NULL);
	test();
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	/* wakes it */
	libcell_detach(&world.links[0].link);
	pthread_join(thread, NULL);
	world_destroy(&world);
}

/* The type of the answer. */
static u32 ask(u32 type, u64 value)
{
	static struct libcell_message message;

	message.type = type;
	message.sequence++;
	message.data[0] = value;
	EXPECT_EQ(libcell_call(&client, &message, TIMEOUT_US), 0);
	return message.type;
}

static void all_bins_come_over(void)
{
	static struct histogram got;
	unsigned int bin;

	EXPECT_EQ(ask(LIBCELL_LATENCY_START, 1000), LIBCELL_LATENCY_START);
	EXPECT_EQ(latency.interval_us, 1000);
	for (bin = 0; bin < HISTOGRAM_BINS; bin++)
		histogram_add(&latency.histograms[LIBCELL_LATENCY_TIMER],
			      histogram_start(bin));
	EXPECT_EQ(ask(LIBCELL_LATENCY_STOP, 0), LIBCELL_LATENCY_STOP);
	EXPECT(!latency.running);
	EXPECT_EQ(libcell_latency_read(&client, LIBCELL_LATENCY_TIMER, &got,
				       TIMEOUT_US), 0);
	EXPECT(!memcmp(&got, &latency.histograms[LIBCELL_LATENCY_TIMER],
		       sizeof(got)));
	EXPECT_EQ(libcell_latency_read(&client, LIBCELL_LATENCY_DOORBELL, &got,
				       TIMEOUT_US), 0);
	EXPECT_EQ(got.count, 0);
}

static void a_kick_counts_from_its_interrupt(void)
{
	const struct histogram *h =
		&latency.histograms[LIBCELL_LATENCY_DOORBELL];

	latency.doorbell = 5000;
	EXPECT_EQ(ask(LIBCELL_LATENCY_KICK, 4000), LIBCELL_LATENCY_KICK);
	EXPECT_EQ(h->count, 0);		/* not started */
	ask(LIBCELL_LATENCY_START, 0);
	ask(LIBCELL_LATENCY_KICK, 4000);
	EXPECT_EQ(h->count, 1);
	EXPECT_EQ(h->min, 16000);	/* 1000 ticks of 16 ns */
	ask(LIBCELL_LATENCY_KICK, 5000);
	EXPECT_EQ(h->count, 1);		/* no interrupt since it was sent */
}

/* Without a limit: only doorbells wake the server. */
static void clients_come_and_go(void)
{
	static struct libcell_message message;
	struct libcell_link *link;
	int n;

	for (n = 0; n < 50; n++) {
		message.type = LIBCELL_PING;
		message.sequence = (u32)n;
		EXPECT_EQ(libcell_call(&client, &message, TIMEOUT_US), 0);
		if (n % 2)
			world_kill(&world, 0);
		else
			libcell_detach(&world.links[0].link);
		link = world_attach(&world, 0);
		EXPECT_EQ(libcell_client_open(&client, link, 1), 0);
	}
}

static void nonsense_is_not_answered(void)
{
	EXPECT_EQ(ask(LIBCELL_LATENCY_START, LIBCELL_LATENCY_MIN_US - 1),
		  LIBCELL_UNKNOWN);
	EXPECT_EQ(ask(LIBCELL_LATENCY_START, LIBCELL_LATENCY_MAX_US + 1),
		  LIBCELL_UNKNOWN);
	EXPECT_EQ(ask(LIBCELL_LATENCY_START, ~0ULL), LIBCELL_UNKNOWN);
	EXPECT_EQ(ask(LIBCELL_LATENCY_READ, LIBCELL_LATENCY_KINDS),
		  LIBCELL_UNKNOWN);
	EXPECT_EQ(ask(LIBCELL_LATENCY_READ, ~0ULL), LIBCELL_UNKNOWN);
	EXPECT_EQ(ask(99, 0), LIBCELL_UNKNOWN);
	EXPECT(!latency.running);
}

static void wrong_figures_are_found(void)
{
	static struct histogram got;

	ask(LIBCELL_LATENCY_START, 0);
	histogram_add(&latency.histograms[LIBCELL_LATENCY_TIMER], 100);
	latency.histograms[LIBCELL_LATENCY_TIMER].count = 2;
	EXPECT_EQ(libcell_latency_read(&client, LIBCELL_LATENCY_TIMER, &got,
				       TIMEOUT_US), -EPROTO);
}

static void test_bins(void)
{
	with_server(all_bins_come_over);
}

static void test_kick(void)
{
	with_server(a_kick_counts_from_its_interrupt);
}

static void test_clients(void)
{
	with_server(clients_come_and_go);
}

static void test_nonsense(void)
{
	with_server(nonsense_is_not_answered);
}

static void test_wrong(void)
{
	with_server(wrong_figures_are_found);
}

static const struct test tests[] = {
	TEST(test_bins),
	TEST(test_kick),
	TEST(test_clients),
	TEST(test_nonsense),
	TEST(test_wrong),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
