// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * Twelve peers, one of which is the manager too, open 64 channels to each of the others
 * at once: none is lost, none comes twice.
 */

#include <string.h>

#include <libcell/channeld.h>

#include "world.h"

#define PEERS		IVSHMEM_MAX_PEERS
#define SECTION		131072
#define EACH		64
#define OTHERS		(PEERS - 1)
#define CHANNELS	(2 * OTHERS * EACH + 1)
#define TOTAL		(PEERS * OTHERS * EACH)
#define ENTRIES		(PEERS * (OTHERS * EACH + 1))

struct hello {
	u32 from, to, number;
};

static struct peer {
	struct channel_service service;
	struct channel table[CHANNELS];
	struct channel_block blocks[CHANNELS * CHANNEL_HOLD];
	struct channel *listener;
	struct channel *asked[PEERS][EACH];
	u8 seen[PEERS][EACH];		/* by who asked */
	u32 accepted;
} peers[PEERS];

static struct world world;
static struct channeld manager;
static struct channeld_entry entries[ENTRIES];
static struct channel_block blocks[PEERS];

static void begin(void)
{
	const struct channeld_setup managing = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = PEERS, .own = true,
	};

	world_create(&world, PEERS, SECTION);
	world.no_wait = true;
	for (u32 n = 0; n < PEERS; n++) {
		struct peer *p = &peers[n];
		struct libcell_link *link = world_attach(&world, n);
		const struct channel_setup setup = {
			.channels = p->table, .num_channels = CHANNELS,
			.blocks = p->blocks, .num_blocks = ARRAY_SIZE(p->blocks),
			.trunk = 4096,
		};

		if (!n)
			EXPECT_EQ(channeld_open(&manager, link, &managing), 0);
		EXPECT_EQ(channel_open(&p->service, link, &setup), 0);
	}
}

static void ask(u32 from)
{
	struct peer *p = &peers[from];
	char name[8];

	snprintf(name, sizeof(name), "p%u", from);
	EXPECT_EQ(channel_listen(&p->service, name, OTHERS * EACH, &p->listener), 0);
	for (u32 n = 0; n < EACH; n++)
		for (u32 to = 0; to < PEERS; to++) {
			snprintf(name, sizeof(name), "p%u", to);
			if (to != from)
				EXPECT_EQ(channel_connect(&p->service, name, CHANNEL_HOLD, true,
							  &p->asked[to][n]), 0);
		}
}

static void greet(u32 from)
{
	for (u32 to = 0; to < PEERS; to++)
		for (u32 n = 0; n < EACH && to != from; n++) {
			const struct hello hello = { from, to, n };
			struct channel *c = peers[from].asked[to][n];

			if (!c->sent && c->state == CHANNEL_OPEN)
				EXPECT_EQ(channel_send(c, &hello, sizeof(hello), 0), 0);
		}
}

static void answer(u32 peer)
{
	struct peer *p = &peers[peer];
	struct channel *c;
	struct hello hello;

	while (!channel_accept(p->listener, CHANNEL_HOLD, 0, &c)) {
		c->context = p;
		p->accepted++;
	}
	for (c = p->table; c < p->table + CHANNELS; c++) {
		if (c->context != p || c->sent || !c->received)
			continue;
		EXPECT_EQ(channel_receive(c, &hello, sizeof(hello), 0), sizeof(hello));
		EXPECT_EQ(hello.from, c->peer);
		EXPECT_EQ(hello.to, peer);
		EXPECT_EQ(p->seen[hello.from][hello.number]++, 0);
		EXPECT_EQ(channel_send(c, &hello, sizeof(hello), 0), 0);
	}
}

/* How many of a peer's own have their answer. */
static u32 answered(u32 from)
{
	struct hello hello;
	u32 count = 0;

	for (u32 to = 0; to < PEERS; to++)
		for (u32 n = 0; n < EACH && to != from; n++) {
			struct channel *c = peers[from].asked[to][n];

			count += c->received == 1;
			if (c->received != 1 || c->context)
				continue;
			c->context = c;
			EXPECT_EQ(channel_receive(c, &hello, sizeof(hello), 0), sizeof(hello));
			EXPECT(hello.from == from && hello.to == to && hello.number == n);
		}
	return count;
}

static void all_ask_all_at_once(void)
{
	u32 turn, n, count = 0;

	begin();
	for (n = 0; n < PEERS; n++)
		ask(n);
	for (turn = 0; turn < 2000 && count < TOTAL; turn++) {
		while (channeld_poll(&manager))
			;
		for (n = 0, count = 0; n < PEERS; n++) {
			channel_poll(&peers[n].service);
			if (turn % 16)
				continue;
			greet(n);
			answer(n);
			count += answered(n);
		}
	}
	EXPECT_EQ(count, TOTAL);
	EXPECT_EQ(manager.stats.opened, TOTAL);
	EXPECT_EQ(manager.stats.refused + manager.stats.violations + manager.stats.lost, 0);
	for (n = 0; n < PEERS; n++) {
		EXPECT_EQ(peers[n].accepted, OTHERS * EACH);
		EXPECT_EQ(peers[n].service.stats.refused, 0);
		EXPECT_EQ(peers[n].service.stats.violations, 0);
		EXPECT_EQ(peers[n].service.stats.stale, 0);
	}
	world_destroy(&world);
}

static const struct test tests[] = {
	TEST(all_ask_all_at_once),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
