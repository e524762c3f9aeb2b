// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/*
 * What managers and programs say to each other, word by word, is what
 * Documentation/channels.md says: those of other builds understand it.
 */

#include <stddef.h>
#include <string.h>

#include <libcell/call.h>

#include "peers.h"
#include "wire.h"

#define ANY	0xdeadbeef	/* a word that is not compared */
#define X	'x'		/* the name, as a word */

/* What comes next in a ring, for a reader that has not looked yet. */
static void next_is(int line, struct channel_duplex *in, u32 length, const u32 *words, u32 count)
{
	const void *message = NULL;
	u32 got = 0, all[64] = { 0 };

	EXPECT_EQ(duplex_peek(in, &message, &got), 0);
	EXPECT_EQ(got, length);
	if (message && got <= sizeof(all))
		memcpy(all, message, got);
	for (u32 n = 0; n < count; n++)
		if (words[n] != ANY && words[n] != all[n]) {
			printf("# line %d, word %u:\n", line, n);
			EXPECT_EQ(all[n], words[n]);
		}
}

#define NEXT_IS(in, length, ...)						\
	next_is(__LINE__, in, length, (const u32[]){ __VA_ARGS__ },		\
		sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32))
#define TO_MANAGER(peer, ...)	NEXT_IS(&manager.peers[peer].control, 64, __VA_ARGS__)
#define TO_PROGRAM(peer, ...)	NEXT_IS(&services[peer].control, 64, __VA_ARGS__)
#define TO_PEER(peer, from, length, ...)					\
	NEXT_IS(&services[peer].trunks[0][from], length, __VA_ARGS__)

static struct channel *a, *b;

static void manage(void)
{
	while (channeld_poll(&manager))
		;
}

static void who_begins_greets(void)
{
	begin();
	start(3);
	for (u32 n = 0; n < 8 && !services[3].greeted; n++) {
		duplex_peek(&manager.peers[3].control, &(const void *){ NULL }, &(u32){ 0 });
		channel_poll(&services[3]);
	}
	TO_MANAGER(3, 1, 0, 0, 0, 0, WIRE_VERSION);
	manage();
	TO_PROGRAM(3, 10, 0, 0, 0, 0, WIRE_VERSION);
	EXPECT_EQ(WIRE_VERSION, 1);
	world_destroy(&world);
}

/* From peer 1 to peer 2. */
static void meet(void)
{
	struct channel *listener;

	begin();
	EXPECT_EQ(channel_listen(&services[2], "x", 1, &listener), 0);
	channel_poll(&services[2]);
	TO_MANAGER(2, 2, listener->handle, ANY, ANY, ANY, ANY, 0, ANY, X);
	manage();
	TO_PROGRAM(2, 11, listener->handle);
	settle();
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &a), 0);
	channel_poll(&services[1]);
	TO_MANAGER(1, 3, a->handle, ANY, ANY, WINDOW, 1, 0, ANY, X);
	manage();
	TO_PROGRAM(2, 13, listener->handle, ANY, 1, WINDOW, a->handle, 0, 1, X);
	EXPECT_EQ(channel_accept(listener, 2 * WINDOW, 0, &b), 0);
	TO_MANAGER(2, 4, b->handle, ANY, ANY, 2 * WINDOW);
	manage();
	TO_PROGRAM(1, 17, a->handle, b->handle, 2, 2 * WINDOW, 0);
	channel_poll(&services[1]);
	TO_PEER(2, 1, 16, b->handle, 1, a->handle, 0);
	settle();
}

static void what_opens_a_channel(void)
{
	meet();
	nothing_was_odd();
	world_destroy(&world);
}

static void frames_of_messages(void)
{
	struct channel_call call = { 0 };
	u32 id, handle;

	meet();
	EXPECT_EQ(channel_send(a, "one", 4, 0), 0);
	TO_PEER(2, 1, 12, b->handle, 2, 'o' | 'n' << 8 | 'e' << 16);
	settle();
	hears(b, "one");
	for (u32 n = 1; n < WINDOW; n++) {
		says(a, "one");
		hears(b, "one");
	}
	TO_PEER(1, 2, 12, a->handle, 3, WINDOW);
	settle();
	EXPECT_EQ(channel_call_begin(a, &call, "two", 4, NULL, 0, 0), 0);
	TO_PEER(2, 1, 20, b->handle, 2, ANY, 1, 't' | 'w' << 8 | 'o' << 16);
	channel_poll(&services[2]);
	EXPECT_EQ(channel_request(b, &id, &(char[4]){ 0 }, 4, 0), 4);
	EXPECT_EQ(channel_answer(b, id, "yes", 4, 0), 0);
	TO_PEER(1, 2, 20, a->handle, 2, id, 2, 'y' | 'e' << 8 | 's' << 16);
	settle();
	handle = a->handle;
	channel_close(a);
	TO_PEER(2, 1, 12, b->handle, 4, 0);
	TO_MANAGER(1, 8, handle);
	nothing_was_odd();
	world_destroy(&world);
}

static void frames_of_bulk(void)
{
	struct channel_bulk_data block;
	void *buffer;

	arena = 4096 + CHANNEL_BULK_ALIGN;
	meet();
	EXPECT_EQ(channel_bulk_open(b, 0), 0);
	settle();
	EXPECT_EQ(channel_bulk_open(a, 4096), 0);
	channel_poll(&services[1]);
	TO_PEER(2, 1, 24, b->handle, 5, CHANNEL_BULK_BLOCKS, ANY, services[1].arena, 4096);
	EXPECT_EQ(*(u32 *)(void *)(world.sections + SECTION + services[1].arena), a->handle);
	settle();
	EXPECT_EQ(channel_bulk_send(a, "123456789", 9, &(u64){ 0 }, CHANNEL_BULK_CHECK, 0), 0);
	TO_PEER(2, 1, 32, b->handle, 6, 0, 9, 1, 0xe3069283, 0, 0);
	settle();
	EXPECT_EQ(channel_bulk_begin(a, 64, &buffer, 0), 0);
	EXPECT_EQ(channel_bulk_receive(b, &block, 0), 0);
	EXPECT_EQ(channel_bulk_release(b, block.data), 0);
	TO_PEER(1, 2, 12, a->handle, 7, 0);
	settle();
	EXPECT_EQ(channel_bulk_commit(a, buffer, 1, 0, 0), 0);
	TO_PEER(2, 1, 32, b->handle, 6, 64, 1, 0, ANY, 0, 0);
	nothing_was_odd();
	arena = 0;
	world_destroy(&world);
}

/* Of who waits for a name. */
static void what_is_held(void)
{
	struct channel *listener;

	begin();
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, true, &a), 0);
	channel_poll(&services[1]);
	manage();
	TO_PROGRAM(1, 12, a->handle, ANY, ANY, ANY, CHANNEL_HOLD);
	channel_poll(&services[1]);
	EXPECT_EQ(channel_send(a, "one", 4, 0), 0);
	NEXT_IS(&manager.peers[1].control, 68, 6, a->handle, ANY, ANY, ANY, ANY, ANY, ANY, ANY, ANY,
		ANY, ANY, ANY, ANY, ANY, ANY, 'o' | 'n' << 8 | 'e' << 16);
	listener = listen_to(2, "x");
	EXPECT_EQ(channel_accept(listener, WINDOW, 0, &b), 0);
	channel_poll(&services[2]);
	manage();
	TO_PROGRAM(1, 16, a->handle);
	channel_poll(&services[1]);
	TO_MANAGER(1, 7, a->handle);
	manage();
	NEXT_IS(&services[2].control, 68, 15, b->handle);
	manage();
	channel_poll(&services[1]);
	TO_PEER(2, 1, 16, b->handle, 1, a->handle, 1);
	settle();
	hears(b, "one");
	nothing_was_odd();
	world_destroy(&world);
}

static void who_is_refused(void)
{
	struct channel *listener, *c, *withdrawn;

	begin();
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, false, &c), 0);
	channel_poll(&services[1]);
	manage();
	TO_PROGRAM(1, 18, c->handle, ANY, ANY, ANY, ANY, (u32)-ENOENT);
	settle();
	EXPECT_EQ(channel_listen(&services[2], "x", 1, &listener), 0);
	settle();
	withdrawn = connect_to(1, "x", true);
	EXPECT_EQ(channel_connect(&services[1], "x", WINDOW, false, &c), 0);
	channel_poll(&services[1]);
	manage();
	channel_poll(&services[2]);
	TO_MANAGER(2, 5, ANY, ANY, ANY, ANY, ANY, (u32)-ECONNREFUSED);
	settle();
	channel_close(withdrawn);
	channel_poll(&services[1]);
	manage();
	TO_PROGRAM(2, 14, listener->handle);
	settle();
	nothing_was_odd();
	world_destroy(&world);
}

static void who_has_a_channel_tells_a_new_manager(void)
{
	meet();
	world_kill(&world, MANAGER);
	start_manager();
	channel_poll(&services[1]);
	for (u32 n = 0; n < 8 && !services[1].registered; n++) {
		manage();
		channel_poll(&services[1]);
	}
	TO_MANAGER(1, 9, a->handle, b->handle, 2, ANY, ANY, ANY, ANY, X);
	settle();
	nothing_was_odd();
	world_destroy(&world);
}

static void names_of_rings(void)
{
	EXPECT_EQ(WIRE_CONTROL, 0xffff0010);
	EXPECT_EQ(WIRE_CONTROL_TYPE, 0x63746c01);
	EXPECT_EQ(WIRE_TRUNK_OF(0), 0xffff0011);
	EXPECT_EQ(WIRE_TRUNK_OF(1), 0xffff0013);
	EXPECT_EQ(WIRE_TRUNK_OF(2), 0xffff0014);
	EXPECT_EQ(WIRE_TRUNK_TYPE, 0x74726b01);
	EXPECT_EQ(WIRE_SELF, 0xffff0012);
}

static void what_is_looked_at(void)
{
	EXPECT_EQ(WIRE_WITHDRAWN, 14);
	EXPECT_EQ(WIRE_LIST, 19);
	EXPECT_EQ(WIRE_ENTRY, 20);
	EXPECT_EQ(WIRE_COUNT, 21);
	EXPECT_EQ(WIRE_COUNTED, 22);
	EXPECT_EQ(CHANNEL_SEEN_CLOSING, 6);
	EXPECT_EQ(offsetof(struct channel_seen, name), 8);
	EXPECT_EQ(offsetof(struct channel_seen, link), 40);
	EXPECT_EQ(offsetof(struct channel_seen, peer), 56);
	EXPECT_EQ(offsetof(struct channel_seen, there), 64);
	EXPECT_EQ(offsetof(struct channel_seen, entries), 68);
	EXPECT_EQ(offsetof(struct channel_seen, ends), 72);
	EXPECT_EQ(offsetof(struct channel_seen, requests), 168);
	EXPECT_EQ(offsetof(struct channel_counts, waits), 16);
	EXPECT_EQ(offsetof(struct channel_counts, queue), 24);
	EXPECT_EQ(offsetof(struct channel_counts, high), 28);
	EXPECT_EQ(offsetof(struct channel_counts, suppressed), 40);
}

static const struct test tests[] = {
	TEST(who_begins_greets),
	TEST(what_opens_a_channel),
	TEST(frames_of_messages),
	TEST(frames_of_bulk),
	TEST(what_is_held),
	TEST(who_is_refused),
	TEST(who_has_a_channel_tells_a_new_manager),
	TEST(names_of_rings),
	TEST(what_is_looked_at),
};

int main(void)
{
	return tests_run(tests, ARRAY_SIZE(tests));
}
