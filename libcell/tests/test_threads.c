// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Peers that run at the same time: traffic with sleeping on both sides, several
 * producers in one peer, restarts. The same program runs under TSan.
 */

#include <string.h>

#include "world.h"

#define SECTION		16384
#define MESSAGES	20000
#define PRODUCERS	4
#define LIVES		40
#define LONG		20000000

struct sample {
	u32 producer;
	u32 life;
	u64 number;
	u64 check;
};

static struct world world;
static const struct libcell_ring ring = { 1, 1, sizeof(struct sample), 16 };
static const struct libcell_ring bytes = LIBCELL_BYTES(2, 1, 2048);

static struct sample make(u32 producer, u32 life, u64 number)
{
	struct sample sample = { producer, life, number, 0 };

	sample.check = (number ^ producer ^ life) * 0x9e3779b97f4a7c15ULL;
	return sample;
}

static bool is_whole(const struct sample *sample)
{
	return make(sample->producer, sample->life, sample->number).check ==
	       sample->check;
}

static void *send_all(void *unused)
{
	struct libcell_producer p;
	u64 n;

	(void)unused;
	EXPECT_EQ(libcell_open_producer(&p, &world.links[0].link, 1, &ring), 0);
	for (n = 0; n < MESSAGES; n++) {
		struct sample sample = make(0, 0, n);

		EXPECT_EQ(libcell_send(&p, &sample, LONG), 0);
	}
	return NULL;
}

static void begin(void)
{
	world_create(&world, 2, SECTION);
	world_attach(&world, 0);
	world_attach(&world, 1);
}

static void two_peers_at_full_speed(void)
{
	struct libcell_consumer c;
	struct sample sample;
	pthread_t thread;
	u64 n;

	begin();
	EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0, &ring), 0);
	pthread_create(&thread, NULL, send_all, NULL);
	for (n = 0; n < MESSAGES; n++) {
		EXPECT_EQ(libcell_receive(&c, &sample, LONG), 0);
		EXPECT_EQ(sample.number, n);
		EXPECT(is_whole(&sample));
	}
	pthread_join(thread, NULL);
	world_destroy(&world);
}

static void *send_bytes(void *unused)
{
	struct libcell_producer p;
	u64 seed = 77, n;
	u8 buf[1500];

	(void)unused;
	EXPECT_EQ(libcell_open_producer(&p, &world.links[0].link, 1, &bytes), 0);
	for (n = 0; n < MESSAGES / 4; n++) {
		u32 length = (u32)(random_next(&seed) % sizeof(buf));

		memset(buf, (int)n, length);
		EXPECT_EQ(libcell_bytes_send(&p, buf, length, LONG), 0);
	}
	return NULL;
}

static void messages_of_any_length(void)
{
	struct libcell_consumer c;
	pthread_t thread;
	u64 seed = 77, n;
	u8 buf[1500];
	int ret, at;

	begin();
	EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0, &bytes), 0);
	pthread_create(&thread, NULL, send_bytes, NULL);
	for (n = 0; n < MESSAGES / 4; n++) {
		ret = libcell_bytes_receive(&c, buf, sizeof(buf), LONG);
		EXPECT_EQ(ret, random_next(&seed) % sizeof(buf));
		for (at = 0; at < ret && buf[at] == (u8)n; at++)
			;
		EXPECT_EQ(at, ret < 0 ? 0 : ret);
	}
	pthread_join(thread, NULL);
	world_destroy(&world);
}

static struct libcell_mp mp;
static u64 mp_memory[16];

static void *send_some(void *number)
{
	u32 me = (u32)(uintptr_t)number;
	u64 n;

	for (n = 0; n < MESSAGES / PRODUCERS; n++) {
		struct sample sample = make(me, 0, n);

		EXPECT_EQ(libcell_mp_send(&mp, &sample, LONG), 0);
	}
	return NULL;
}

static void several_producers(void)
{
	u64 next[PRODUCERS] = { 0 };
	pthread_t threads[PRODUCERS];
	struct libcell_consumer c;
	struct sample sample;
	u32 n;

	begin();
	EXPECT_EQ(libcell_open_mp(&mp, &world.links[0].link, 1, &ring,
				  mp_memory), 0);
	EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0, &ring), 0);
	for (n = 0; n < PRODUCERS; n++)
		pthread_create(&threads[n], NULL, send_some,
			       (void *)(uintptr_t)n);
	for (n = 0; n < MESSAGES; n++) {
		EXPECT_EQ(libcell_receive(&c, &sample, LONG), 0);
		EXPECT(is_whole(&sample) && sample.producer < PRODUCERS);
		EXPECT_EQ(sample.number, next[sample.producer % PRODUCERS]);
		next[sample.producer % PRODUCERS]++;
	}
	for (n = 0; n < PRODUCERS; n++)
		pthread_join(threads[n], NULL);
	EXPECT_EQ(libcell_receive(&c, &sample, 0), -ETIMEDOUT);
	world_destroy(&world);
}

/* A reservation that is not committed holds up the consumer, not the others. */
static void producers_do_not_wait_for_each_other(void)
{
	struct libcell_ticket first, second;
	struct libcell_consumer c;
	struct sample sample = make(0, 0, 1);

	begin();
	EXPECT_EQ(libcell_open_mp(&mp, &world.links[0].link, 1, &ring,
				  mp_memory), 0);
	EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0, &ring), 0);
	EXPECT_EQ(libcell_mp_reserve(&mp, &first), -ENOTCONN);
	EXPECT_EQ(libcell_receive(&c, &sample, 0), -ETIMEDOUT);
	EXPECT_EQ(libcell_mp_reserve(&mp, &first), 0);
	EXPECT_EQ(libcell_mp_reserve(&mp, &second), 0);
	sample = make(0, 0, 2);
	memcpy(second.element, &sample, sizeof(sample));
	libcell_mp_commit(&mp, &second);
	EXPECT_EQ(libcell_receive(&c, &sample, 0), -ETIMEDOUT);
	sample = make(0, 0, 1);
	memcpy(first.element, &sample, sizeof(sample));
	libcell_mp_commit(&mp, &first);
	EXPECT_EQ(libcell_receive(&c, &sample, 0), 0);
	EXPECT_EQ(sample.number, 1);
	EXPECT_EQ(libcell_receive(&c, &sample, 0), 0);
	EXPECT_EQ(sample.number, 2);
	world_destroy(&world);
}

/* The consumer restarts again and again; each session has its own numbers. */
static bool finished;
static u32 mp_life[PRODUCERS];

static void *send_for_ever(void *number)
{
	u32 me = (u32)(uintptr_t)number;
	u64 n = 0;

	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
		struct sample sample = make(me, 0, n);
		int ret = libcell_mp_send(&mp, &sample, 1000);

		if (!ret)
			n++;
		else
			EXPECT(ret == -ETIMEDOUT || ret == -ECONNRESET);
	}
	mp_life[me] = (u32)n;
	return NULL;
}

static void producers_outlive_their_consumer(void)
{
	pthread_t threads[PRODUCERS];
	struct libcell_consumer c;
	struct sample sample;
	u32 life, n;

	begin();
	finished = false;
	EXPECT_EQ(libcell_open_mp(&mp, &world.links[0].link, 1, &ring,
				  mp_memory), 0);
	for (n = 0; n < PRODUCERS; n++)
		pthread_create(&threads[n], NULL, send_for_ever,
			       (void *)(uintptr_t)n);
	for (life = 0; life < LIVES; life++) {
		u64 next[PRODUCERS] = { 0 }, *expected;

		world_attach(&world, 1);
		EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0,
						&ring), 0);
		for (n = 0; n < 100; n++) {
			EXPECT_EQ(libcell_receive(&c, &sample, LONG), 0);
			EXPECT(is_whole(&sample) && sample.producer < PRODUCERS);
			expected = &next[sample.producer % PRODUCERS];
			/* none is missing; earlier ones went to the life before */
			EXPECT(!*expected || sample.number == *expected);
			*expected = sample.number + 1;
		}
		libcell_detach(&world.links[1].link);
	}
	__atomic_store_n(&finished, true, __ATOMIC_RELEASE);
	for (n = 0; n < PRODUCERS; n++)
		pthread_join(threads[n], NULL);
	EXPECT_EQ(world.links[0].link.stats.violations, 0);
	world_destroy(&world);
}

static void *send_lives(void *unused)
{
	struct libcell_producer p;
	u32 life;
	u64 n;

	(void)unused;
	for (life = 0; life < LIVES; life++) {
		world_attach(&world, 0);
		EXPECT_EQ(libcell_open_producer(&p, &world.links[0].link, 1,
						&ring), 0);
		for (n = 0; n < 100; n++) {
			struct sample sample = make(0, life, n);

			EXPECT_EQ(libcell_send(&p, &sample, LONG), 0);
		}
		libcell_detach(&world.links[0].link);
	}
	__atomic_store_n(&finished, true, __ATOMIC_RELEASE);
	return NULL;
}

/*
 * The producer restarts; each session the consumer sees begins at number 0 of a
 * newer life and goes on without a gap.
 */
static void a_consumer_outlives_its_producer(void)
{
	struct libcell_consumer c;
	struct sample sample;
	u32 life = 0, sessions = 0, session = 0;
	pthread_t thread;
	u64 next = 0;

	begin();
	finished = false;
	EXPECT_EQ(libcell_open_consumer(&c, &world.links[1].link, 0, &ring), 0);
	pthread_create(&thread, NULL, send_lives, NULL);
	while (!__atomic_load_n(&finished, __ATOMIC_ACQUIRE)) {
		int ret = libcell_receive(&c, &sample, 100);

		if (ret) {
			EXPECT(ret == -ETIMEDOUT || ret == -ECONNRESET);
			continue;
		}
		EXPECT(is_whole(&sample));
		if (c.end.session != session) {
			EXPECT(!sessions || sample.life > life);
			session = c.end.session;
			life = sample.life;
			next = 0;
			sessions++;
		}
		EXPECT_EQ(sample.life, life);
		EXPECT_EQ(sample.number, next);
		next++;
	}
	pthread_join(thread, NULL);
	/* a life's last messages have room in the ring, but not all of them */
	EXPECT_EQ(sessions, LIVES);
	EXPECT_EQ(world.links[1].link.stats.violations, 0);
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(two_peers_at_full_speed),
	TEST(messages_of_any_length),
	TEST(several_producers),
	TEST(producers_do_not_wait_for_each_other),
	TEST(producers_outlive_their_consumer),
	TEST(a_consumer_outlives_its_producer),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
