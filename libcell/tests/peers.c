// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

#include <string.h>

#include "peers.h"

struct world world;
struct channeld manager;
struct channeld_entry entries[3 * CHANNELS];
u32 num_entries = ARRAY_SIZE(entries);
struct channel_block held_blocks[48];
u32 num_classes = 1;

struct channel_service services[PEERS];
struct channel tables[PEERS][CHANNELS];
struct channel_block blocks[PEERS][BLOCKS];
struct channel_bulk bulks[PEERS][BULKS];

u32 section_size = SECTION, num_channels = CHANNELS, num_blocks = BLOCKS;
u32 arena;

void start_manager(void)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = num_entries,
		.blocks = held_blocks, .num_blocks = ARRAY_SIZE(held_blocks),
	};

	EXPECT_EQ(channeld_open(&manager, world_attach(&world, MANAGER), &setup), 0);
}

void start(u32 peer)
{
	const struct channel_setup setup = {
		.manager = MANAGER,
		.channels = tables[peer], .num_channels = num_channels,
		.blocks = blocks[peer], .num_blocks = num_blocks,
		.trunk = (8192 / num_classes) & ~7U, .classes = num_classes,
		.arena = arena, .bulks = bulks[peer], .num_bulks = arena ? BULKS : 0,
	};

	EXPECT_EQ(channel_open(&services[peer], world_attach(&world, peer), &setup), 0);
}

void settle(void)
{
	for (u32 quiet = 0; quiet < 4; quiet++) {
		if (manager.link && world.states[MANAGER] && channeld_poll(&manager))
			quiet = 0;
		for (u32 n = 1; n < PEERS; n++)
			if (services[n].link && world.states[n] &&
			    channel_poll(&services[n]))
				quiet = 0;
	}
}

void begin_without_peers(void)
{
	memset(&manager, 0, sizeof(manager));
	memset(services, 0, sizeof(services));
	world_create(&world, PEERS, section_size);
	world.no_wait = true;
}

void begin(void)
{
	begin_without_peers();
	start_manager();
	start(1);
	start(2);
	settle();
}

static pthread_t managing;
static bool stop;

static void *manage(void *unused)
{
	struct libcell_link *link = manager.link;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		u32 seen = libcell_events(link);

		if (!channeld_poll(&manager) && channeld_arm(&manager))
			libcell_wait(link, seen, 100000);
	}
	return unused;
}

void manage_begin(void)
{
	stop = false;
	pthread_create(&managing, NULL, manage, NULL);
}

void manage_end(void)
{
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	pthread_join(managing, NULL);
}

struct channel *listen_to(u32 peer, const char *name)
{
	struct channel *listener = NULL;

	EXPECT_EQ(channel_listen(&services[peer], name, CHANNELS, &listener), 0);
	settle();
	EXPECT_EQ(channel_await(listener, 0), 0);
	return listener;
}

struct channel *connect_to(u32 peer, const char *name, bool wait)
{
	struct channel *c = NULL;

	EXPECT_EQ(channel_connect(&services[peer], name, WINDOW, wait, &c), 0);
	settle();
	return c;
}

struct channel *accept_one(struct channel *listener)
{
	struct channel *c = NULL;

	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &c), 0);
	settle();
	return c;
}

struct channel *open_many(struct channel **a, struct channel **b, u32 count)
{
	struct channel *listener = listen_to(2, "x");

	for (u32 n = 0; n < count; n++) {
		a[n] = connect_to(1, "x", false);
		b[n] = accept_one(listener);
	}
	return listener;
}

struct channel *open_x(struct channel **a, struct channel **b)
{
	return open_many(a, b, 1);
}

void says(struct channel *c, const char *text)
{
	EXPECT_EQ(channel_send(c, text, (u32)strlen(text) + 1, 0), 0);
	settle();
}

void hears(struct channel *c, const char *text)
{
	char buf[600] = "";
	int ret = channel_receive(c, buf, sizeof(buf), 0);

	EXPECT_EQ(ret, strlen(text) + 1);
	EXPECT(!strcmp(buf, text));
}

int receive(struct channel *c)
{
	char buf[600];

	return channel_receive(c, buf, sizeof(buf), 0);
}

void take_turns(const struct users *users, u64 seed, u32 restarts)
{
	u32 round, peer;

	begin();
	for (peer = 1; peer < PEERS; peer++)
		users->start(peer);
	for (round = 0; round < users->rounds; round++) {
		peer = (u32)(random_next(&seed) % PEERS);
		if (restarts && random_next(&seed) % restarts == 0) {
			world_kill(&world, peer);
			if (peer == MANAGER)
				start_manager();
			else
				users->start(peer);
		}
		if (peer == MANAGER)
			channeld_poll(&manager);
		else
			users->act(peer, &seed);
		if (users->scribble)
			users->scribble(&seed);
	}
}

void nothing_was_odd(void)
{
	EXPECT_EQ(manager.stats.violations, 0);
	EXPECT_EQ(services[1].stats.violations, 0);
	EXPECT_EQ(services[2].stats.violations, 0);
}
