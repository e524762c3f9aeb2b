// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * libFuzzer on the manager's requests: two peers ask for what the input says, take their
 * answers or not, and start anew. After each input the manager's table and blocks have to
 * add up.
 */

#include <string.h>

#include "table.h"
#include "world.h"

#define PEERS		3
#define MANAGER		0
#define ENTRIES		32
#define BLOCKS		24
#define RAW		7	/* an operation: a message as it is */

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct world world;
static struct libcell_ops ops;
static struct channeld manager;
static struct channeld_entry entries[ENTRIES];
static struct channel_block blocks[BLOCKS];
static struct channel_duplex peers[PEERS];
static u32 ticket;		/* of the last one that a peer was asked to accept */
static u64 now;

/* The input. */
static const u8 *at, *end;

static u8 next(void)
{
	return at < end ? *at++ : 0;
}

/* Handles and tickets are the same in each run. */
static u64 now_us(struct libcell_link *link)
{
	(void)link;
	return ++now;
}

static void must(bool so, const char *what)
{
	if (so)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static struct libcell_link *attach(u32 peer)
{
	struct libcell_link *link = world_attach(&world, peer);

	if (!ops.now_us) {
		ops = *link->ops;
		ops.now_us = now_us;
	}
	link->ops = &ops;
	return link;
}

static void start(u32 peer)
{
	world_kill(&world, peer);
	must(!duplex_open(&peers[peer], attach(peer), &(struct duplex_setup){
		.peer = MANAGER, .out = WIRE_CONTROL, .in = WIRE_CONTROL,
		.type = WIRE_CONTROL_TYPE, .bytes = CHANNEL_CONTROL }), "a peer has no room");
}

static void start_manager(void)
{
	const struct channeld_setup setup = {
		.entries = entries, .num_entries = ENTRIES,
		.blocks = blocks, .num_blocks = BLOCKS, .name = "fuzz",
	};

	world_kill(&world, MANAGER);
	must(!channeld_open(&manager, attach(MANAGER), &setup), "the manager has no room");
}

static void take_answers(u32 peer)
{
	const struct wire_control *m;
	const void *message;
	u32 length;
	int ret;

	for (u32 n = 0; n < 64; n++) {
		ret = duplex_peek(&peers[peer], &message, &length);
		if (ret == -ECONNRESET)
			continue;
		if (ret)
			return;
		m = message;
		must(length >= sizeof(*m), "an answer is too short");
		must(m->type > WIRE_HAVE, "an answer is a request");
		if (m->type == WIRE_INCOMING)
			ticket = m->other;
		libcell_bytes_release(&peers[peer].in, length);
	}
}

static void ask(u32 peer, const void *message, u32 length)
{
	void *room;

	/* both directions are joined, if they can be */
	if (!duplex_is_up(&peers[peer])) {
		take_answers(peer);
		channeld_poll(&manager);
		take_answers(peer);
	}
	if (duplex_reserve(&peers[peer], &room, length))
		return;
	memcpy(room, message, length);
	libcell_bytes_commit(&peers[peer].out, length);
}

static void ask_raw(u32 peer)
{
	u8 message[CHANNEL_CONTROL / 4];
	u32 length = next();

	for (u32 n = 0; n < length; n++)
		message[n] = next();
	ask(peer, message, length);
}

/* What makes sense is more likely. */
static void ask_something(u32 peer)
{
	static const char *const names[] = { "a", "b", "*", "", "a name with blanks" };
	struct {
		struct wire_control m;
		u8 payload[600];
	} message = { .m.type = next() % (WIRE_COUNTED + 2) };
	u8 choice = next();

	message.m.handle = choice % 8 ? 0x10000U + choice % 8 : choice;
	message.m.other = choice & 8 ? ticket : choice & 16 ? 0x10001U : next();
	message.m.peer = next() % (PEERS + 1);
	message.m.window = choice & 32 ? CHANNEL_HOLD : next();
	message.m.value = choice & 64 ? 1 : next();
	message.m.reason = choice & 128 ? -EPIPE : next();
	strcpy(message.m.name, names[next() % ARRAY_SIZE(names)]);
	if (message.m.type == WIRE_HELLO)
		message.m.value = next() % 8 ? WIRE_VERSION : 2;
	ask(peer, &message, (u32)sizeof(message.m) +
	    (message.m.type == WIRE_COUNTED ? (u32)sizeof(struct channel_counts) :
	     message.m.type == WIRE_HOLD ? next() * 2U : 0));
}

static void all_adds_up(void)
{
	u32 used[PEERS] = { 0 }, promised[PEERS] = { 0 }, free = 0, held = 0, left = 0, n;

	for (n = manager.free; n && free <= ENTRIES; n = entries[n - 1].next) {
		must(entries[n - 1].state == FREE, "a used entry is free");
		free++;
	}
	for (n = 0; n < ENTRIES; n++) {
		struct channeld_entry *e = &entries[n];

		if (e->state == FREE)
			continue;
		used[e->a.peer]++;
		promised[e->a.peer] += e->quota;
		held += e->held.blocks;
		must(e->held.blocks <= e->quota, "more is held than was promised");
	}
	for (n = 0; n < PEERS; n++) {
		must(used[n] == manager.peers[n].entries, "a peer has other entries");
		must(used[n] <= manager.share, "a peer has more than its share");
		must(promised[n] == manager.peers[n].promised, "a peer was promised other blocks");
		must(promised[n] <= manager.share_blocks, "a peer was promised too much");
		free += used[n];
		left += promised[n];
	}
	must(free == ENTRIES, "an entry is neither free nor used");
	must(left + manager.pool.left == BLOCKS, "a promise is lost");
	for (const struct channel_block *b = manager.pool.free; b && held <= BLOCKS; b = b->next)
		held++;
	must(held == BLOCKS, "a block is lost");
}

static void begin(void)
{
	if (!world.sections)
		world_create(&world, PEERS, 16384);
	now = 0;
	ticket = 0;
	start_manager();
	for (u32 n = 1; n < PEERS; n++) {
		const struct wire_control hello = { .type = WIRE_HELLO, .value = WIRE_VERSION };

		start(n);
		ask(n, &hello, sizeof(hello));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u32 peer;
	u8 what;

	at = data;
	end = data + size;
	begin();
	while (at < end) {
		what = next();
		peer = 1 + (what >> 4) % (PEERS - 1);
		if ((what & 15) == 0)
			start(peer);
		else if ((what & 15) == RAW)
			ask_raw(peer);
		else
			ask_something(peer);
		/* most of the time, somebody reads */
		if (what & 128)
			channeld_poll(&manager);
		if (what & 64)
			take_answers(peer);
		all_adds_up();
	}
	/* who has gone has nothing, but for mail of which it has let go */
	for (peer = 1; peer < PEERS; peer++)
		world_kill(&world, peer);
	for (u32 n = 0; n < 64; n++)
		channeld_poll(&manager);
	all_adds_up();
	for (u32 n = 0; n < ENTRIES; n++)
		must(entries[n].state == FREE || !entries[n].a.there, "who has gone is there");
	return 0;
}
