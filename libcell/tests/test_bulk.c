// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Copyright (c) 2026 The Cellblock developers

/* Bulk on channels: a manager and programs of three peers, in one thread; then in three. */

#include <string.h>

#include "peers.h"
#include "wire.h"

/* Of these tests; what peers.h has is larger. */
#define LARGE_SECTION	262144
#define FEW_CHANNELS	32
#define FEW_BLOCKS	512
#define WIDE		16	/* a window */
#define ARENA		131072
#define PART		(16384U)
#define HEAD		CHANNEL_BULK_ALIGN

static void none_was_stale(void)
{
	nothing_was_odd();
	EXPECT_EQ(services[1].stats.stale, 0);
	EXPECT_EQ(services[2].stats.stale, 0);
}

/* Of the arena, with heads. */
static u32 arena_used(u32 peer)
{
	u32 sum = 0;

	for (u32 n = 0; n < BULKS; n++)
		if (bulks[peer][n].handle && bulks[peer][n].size)
			sum += bulks[peer][n].size + HEAD;
	return sum;
}

static void end(void)
{
	none_was_stale();
	world_destroy(&world);
}

static struct channel *listener;

/* From peer 1 to peer 2, without bulk yet. */
static void open_plain(struct channel **a, struct channel **b)
{
	if (!listener || listener->state != CHANNEL_LISTENING)
		EXPECT_EQ(channel_listen(&services[2], "x", FEW_CHANNELS, &listener), 0);
	settle();
	EXPECT_EQ(channel_connect(&services[1], "x", WIDE, false, a), 0);
	settle();
	EXPECT_EQ(channel_accept(listener, WIDE, 0, b), 0);
	settle();
	EXPECT_EQ(channel_await(*a, 0), 0);
}

static void open_two(struct channel **a, struct channel **b)
{
	open_plain(a, b);
	EXPECT_EQ(channel_bulk_open(*a, PART), 0);
	EXPECT_EQ(channel_bulk_open(*b, PART), 0);
	settle();
}

static void open_bulk(struct channel **a, struct channel **b)
{
	begin();
	listener = NULL;
	open_two(a, b);
}

static void fill(u8 *to, u32 length, u32 seed)
{
	for (u32 n = 0; n < length; n++)
		to[n] = (u8)(seed + n * 7 + n / 251);
}

static bool is_filled(const u8 *from, u32 length, u32 seed)
{
	for (u32 n = 0; n < length; n++)
		if (from[n] != (u8)(seed + n * 7 + n / 251))
			return false;
	return true;
}

static void *begun(struct channel *c, u32 size)
{
	void *buffer = NULL;

	EXPECT_EQ(channel_bulk_begin(c, size, &buffer, 0), 0);
	EXPECT_EQ((uintptr_t)buffer % CHANNEL_BULK_ALIGN, 0);
	return buffer;
}

static const void *last_sent;

static void sends(struct channel *c, u32 length, u32 seed)
{
	u8 *buffer = begun(c, length);

	fill(buffer, length, seed);
	EXPECT_EQ(channel_bulk_commit(c, buffer, length, 0, 0), 0);
	last_sent = buffer;
	settle();
}

static const void *gets(struct channel *c, u32 length, u32 seed)
{
	struct channel_bulk_data block = { 0 };

	EXPECT_EQ(channel_bulk_receive(c, &block, 0), 0);
	EXPECT_EQ(block.length, length);
	EXPECT(block.data && is_filled(block.data, block.length, seed));
	return block.data;
}

static void gets_in_place(struct channel *c, u32 length, u32 seed)
{
	EXPECT_EQ(channel_bulk_release(c, gets(c, length, seed)), 0);
}

static void gets_and_releases(struct channel *c, u32 length, u32 seed)
{
	gets_in_place(c, length, seed);
	settle();
}

static int begin_error(struct channel *c, u32 size)
{
	void *buffer;

	return channel_bulk_begin(c, size, &buffer, 0);
}

static int receive_error(struct channel *c)
{
	struct channel_bulk_data block;

	return channel_bulk_receive(c, &block, 0);
}

static void close_both(struct channel *a, struct channel *b)
{
	channel_close(a);
	settle();
	channel_close(b);
	settle();
	EXPECT_EQ(arena_used(1) + arena_used(2), 0);
	EXPECT_EQ(services[1].pool.left, FEW_BLOCKS);
	EXPECT_EQ(services[2].pool.left, FEW_BLOCKS);
}

static void blocks_are_read_where_they_are_made(void)
{
	const u8 *sections, *at;
	struct channel *a, *b;

	open_bulk(&a, &b);
	sends(a, 5000, 1);
	at = gets(b, 5000, 1);
	sections = services[2].link->outputs;
	EXPECT_EQ(at - (sections + LARGE_SECTION),
		  (u8 *)last_sent - (u8 *)services[1].link->output);
	EXPECT_EQ(a->bulk->count, 1);
	EXPECT_EQ(channel_bulk_release(b, at), 0);
	settle();
	EXPECT_EQ(a->bulk->count, 0);
	sends(b, 64, 2);
	gets_and_releases(a, 64, 2);
	close_both(a, b);
	end();
}

static void blocks_and_messages_keep_their_order(void)
{
	struct channel *a, *b;
	char text[4];

	open_bulk(&a, &b);
	sends(a, 100, 1);
	EXPECT_EQ(channel_send(a, "two", 4, 0), 0);
	sends(a, 300, 3);
	settle();
	EXPECT_EQ(channel_receive(b, text, sizeof(text), 0), -ENOMSG);
	gets_and_releases(b, 100, 1);
	EXPECT_EQ(receive_error(b), -ENOMSG);
	EXPECT_EQ(channel_receive(b, text, sizeof(text), 0), 4);
	EXPECT(!strcmp(text, "two"));
	gets_and_releases(b, 300, 3);
	EXPECT_EQ(receive_error(b), -ETIMEDOUT);
	close_both(a, b);
	end();
}

static void a_block_can_be_all_of_the_arena(void)
{
	struct channel *a, *b;

	begin();
	listener = NULL;
	open_plain(&a, &b);
	EXPECT_EQ(channel_bulk_open(a, ARENA - HEAD + 1), -ENOMEM);
	EXPECT_EQ(channel_bulk_open(a, ARENA - HEAD), 0);
	EXPECT_EQ(channel_bulk_open(b, 0), 0);
	settle();
	for (u32 size = 4096; size <= ARENA; size *= 2) {
		sends(a, size < ARENA ? size : ARENA - HEAD, size);
		gets_and_releases(b, size < ARENA ? size : ARENA - HEAD, size);
	}
	EXPECT_EQ(begin_error(a, ARENA - HEAD + 1), -EMSGSIZE);
	EXPECT_EQ(begin_error(b, 1), -EMSGSIZE);
	close_both(a, b);
	end();
}

static void blocks_come_back_in_any_order(void)
{
	const void *in[CHANNEL_BULK_BLOCKS];
	struct channel *a, *b;
	u32 n, size = PART / CHANNEL_BULK_BLOCKS;

	open_bulk(&a, &b);
	for (n = 0; n < CHANNEL_BULK_BLOCKS; n++)
		sends(a, size, n);
	EXPECT_EQ(begin_error(a, 1), -ETIMEDOUT);
	for (n = 0; n < CHANNEL_BULK_BLOCKS; n++)
		in[n] = gets(b, size, n);
	for (n = 1; n < CHANNEL_BULK_BLOCKS; n += 2)
		EXPECT_EQ(channel_bulk_release(b, in[n]), 0);
	settle();
	/* there is room, but not in one piece */
	EXPECT_EQ(begin_error(a, size + 1), -ETIMEDOUT);
	for (n = 1; n < CHANNEL_BULK_BLOCKS; n += 2) {
		sends(a, size, n);
		gets(b, size, n);
	}
	for (n = 0; n < CHANNEL_BULK_BLOCKS; n++)
		EXPECT_EQ(channel_bulk_release(b, in[n]), 0);
	settle();
	sends(a, PART, 9);
	gets_and_releases(b, PART, 9);
	close_both(a, b);
	end();
}

static void wrong_use_has_an_error(void)
{
	struct channel *a, *b, *more;
	const void *got;
	u8 *buffer;

	begin();
	listener = NULL;
	open_plain(&a, &b);
	EXPECT_EQ(begin_error(a, 1), -EINVAL);
	EXPECT_EQ(receive_error(a), -EINVAL);
	EXPECT_EQ(channel_bulk_release(a, &a), -EINVAL);
	EXPECT_EQ(channel_bulk_open(listener, 64), -EINVAL);
	EXPECT_EQ(channel_bulk_open(a, PART), 0);
	EXPECT_EQ(channel_bulk_open(a, PART), -EINVAL);
	settle();
	/* the other side has not said that it takes any */
	EXPECT_EQ(begin_error(a, 1), -ETIMEDOUT);
	EXPECT_EQ(channel_bulk_send(a, "x", 1, &(u64){ 0 }, 0, 0), -ETIMEDOUT);
	EXPECT_EQ(channel_bulk_open(b, PART), 0);
	settle();
	EXPECT_EQ(begin_error(a, 0), -EINVAL);
	EXPECT_EQ(begin_error(a, PART + 1), -EMSGSIZE);
	buffer = begun(a, 100);
	EXPECT_EQ(channel_bulk_commit(a, buffer + 64, 1, 0, 0), -EINVAL);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 0, 0, 0), -EINVAL);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 129, 0, 0), -EINVAL);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 1, 2, 0), -EINVAL);
	EXPECT_EQ(channel_bulk_release(a, buffer), 0);
	EXPECT_EQ(channel_bulk_release(a, buffer), -EINVAL);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 1, 0, 0), -EINVAL);
	sends(a, 100, 1);
	EXPECT_EQ(channel_bulk_commit(a, last_sent, 100, 0, 0), -EINVAL);
	EXPECT_EQ(channel_bulk_release(a, last_sent), -EINVAL);
	got = gets(b, 100, 1);
	EXPECT_EQ(channel_bulk_release(b, (const u8 *)got + 1), -EINVAL);
	EXPECT_EQ(channel_bulk_release(b, got), 0);
	EXPECT_EQ(channel_bulk_release(b, got), -EINVAL);
	settle();
	EXPECT_EQ(channel_bulk_send(a, "x", 0, &(u64){ 0 }, 0, 0), -EINVAL);
	EXPECT_EQ(channel_connect(&services[1], "x", WIDE, false, &more), 0);
	EXPECT_EQ(channel_bulk_open(more, ARENA - PART), -ENOMEM);
	channel_close(more);
	close_both(a, b);
	EXPECT_EQ(channel_bulk_release(b, got), -EINVAL);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 1, 0, 0), -EINVAL);
	end();
}

static void who_has_just_opened_can_send(void)
{
	struct channel *a, *b;

	begin();
	listener = NULL;
	open_plain(&a, &b);
	EXPECT_EQ(channel_bulk_open(b, 0), 0);
	settle();
	EXPECT_EQ(channel_bulk_open(a, PART), 0);
	sends(a, 100, 1);
	gets_and_releases(b, 100, 1);
	close_both(a, b);
	end();
}

static u32 handed_over, taken;

static void send_more(struct channel *c)
{
	u8 *buffer;
	void *room;

	while (handed_over < 40 && !channel_bulk_begin(c, PART / 2, &room, 0)) {
		buffer = room;
		fill(buffer, PART / 2, handed_over);
		if (channel_bulk_commit(c, buffer, PART / 2, 0, 0)) {
			EXPECT_EQ(channel_bulk_release(c, buffer), 0);
			return;
		}
		handed_over++;
	}
}

static void take_one(struct channel *c)
{
	gets_in_place(c, PART / 2, taken);
	taken++;
}

static void functions_are_called_for_bulk(void)
{
	static const struct channel_handlers sends_more = { .space = send_more },
					     takes_one = { .message = take_one };
	struct channel *a, *b;
	char text[4];
	u32 n;

	begin();
	listener = NULL;
	open_plain(&a, &b);
	channel_set_handlers(a, &sends_more);
	channel_set_handlers(b, &takes_one);
	handed_over = taken = 0;
	EXPECT_EQ(channel_bulk_open(a, PART), 0);
	/* the other side is not ready, then the part is full, then the window */
	send_more(a);
	EXPECT_EQ(handed_over, 0);
	EXPECT_EQ(channel_bulk_open(b, 0), 0);
	settle();
	EXPECT_EQ(taken, 40);
	for (n = 0; n < WIDE; n++)
		EXPECT_EQ(channel_send(a, "x", 1, 0), 0);
	handed_over = 39;
	taken = 0;
	send_more(a);
	EXPECT_EQ(handed_over, 39);
	channel_set_handlers(b, NULL);
	for (n = 0; n < WIDE; n++) {
		settle();
		EXPECT_EQ(channel_receive(b, text, sizeof(text), 0), 1);
	}
	settle();
	EXPECT_EQ(handed_over, 40);
	gets_and_releases(b, PART / 2, 39);
	close_both(a, b);
	end();
}

static void the_other_side_says_what_it_takes(void)
{
	static const struct wire_bulk_open few = { 2, 1000, 4096, 64 };
	struct channel *a, *b;
	u64 done = 0;

	begin();
	listener = NULL;
	open_plain(&a, &b);
	EXPECT_EQ(channel_bulk_open(a, PART), 0);
	EXPECT_EQ(trunk_send(b, WIRE_BULK_OPEN, &few, sizeof(few)), 0);
	settle();
	EXPECT_EQ(begin_error(a, 1001), -EMSGSIZE);
	begun(a, 1000);
	begun(a, 1);
	EXPECT_EQ(begin_error(a, 1), -ETIMEDOUT);
	EXPECT_EQ(channel_bulk_send(a, entries, 2001, &done, 0, 0), -ETIMEDOUT);
	world_destroy(&world);
}

static void only_so_many_have_bulk(void)
{
	struct channel *a[BULKS + 1];
	u32 n;

	begin();
	for (n = 0; n <= BULKS; n++) {
		EXPECT_EQ(channel_connect(&services[1], "x", WIDE, true, &a[n]), 0);
		EXPECT_EQ(channel_bulk_open(a[n], 64), n < BULKS ? 0 : -ENFILE);
	}
	channel_close(a[3]);
	EXPECT_EQ(channel_bulk_open(a[BULKS], 64), 0);
	for (n = 0; n <= BULKS; n++)
		if (n != 3)
			channel_close(a[n]);
	EXPECT_EQ(arena_used(1), 0);
	world_destroy(&world);
}

/* Its own part is used up, and nobody else's. */
static void who_never_releases_stops_only_its_own(void)
{
	struct channel *a[2], *b[2];
	u32 n;

	open_bulk(&a[0], &b[0]);
	open_two(&a[1], &b[1]);
	for (n = 0; n < 2; n++)
		sends(a[0], PART / 2, n);
	gets(b[0], PART / 2, 0);
	EXPECT_EQ(begin_error(a[0], 1), -ETIMEDOUT);
	for (n = 0; n < 50; n++) {
		sends(a[1], PART, n);
		gets_and_releases(b[1], PART, n);
	}
	/* messages go on, too */
	EXPECT_EQ(channel_send(a[0], "x", 2, 0), 0);
	settle();
	gets(b[0], PART / 2, 1);
	EXPECT_EQ(channel_receive(b[0], &n, sizeof(n), 0), 2);
	channel_close(a[1]);
	settle();
	channel_close(b[1]);
	close_both(b[0], a[0]);
	end();
}

static void what_was_sent_outlives_the_close(void)
{
	struct channel *a, *b;
	const void *first;
	u8 *buffer;

	open_bulk(&a, &b);
	sends(a, 1000, 1);
	sends(a, 1000, 2);
	first = gets(b, 1000, 1);
	begun(a, 10);
	channel_close(a);
	settle();
	EXPECT_EQ(arena_used(1), PART + HEAD);
	EXPECT_EQ(begin_error(b, 1), -EPIPE);
	EXPECT_EQ(channel_bulk_release(b, first), 0);
	gets_and_releases(b, 1000, 2);
	EXPECT_EQ(arena_used(1), 0);
	EXPECT_EQ(receive_error(b), -EPIPE);
	channel_close(b);
	settle();
	/* the receiver closes; one has been begun */
	open_two(&a, &b);
	sends(a, 1000, 3);
	buffer = begun(a, 10);
	channel_close(b);
	settle();
	/* what was out is back, what is begun stays */
	EXPECT_EQ(a->bulk->count, 1);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 10, 0, 0), -EPIPE);
	EXPECT_EQ(begin_error(a, 1), -EPIPE);
	EXPECT_EQ(channel_bulk_release(a, buffer), 0);
	channel_close(a);
	settle();
	EXPECT_EQ(arena_used(1) + arena_used(2), 0);
	/* both close, the sender first; some have been read, some not */
	open_two(&a, &b);
	sends(a, 1000, 4);
	sends(a, 1000, 5);
	gets(b, 1000, 4);
	channel_close(a);
	settle();
	EXPECT_EQ(arena_used(1), PART + HEAD);
	channel_close(b);
	settle();
	EXPECT_EQ(arena_used(1), 0);
	none_was_stale();
	/* both at once */
	open_two(&a, &b);
	sends(a, 1000, 6);
	gets(b, 1000, 6);
	channel_close(b);
	channel_close(a);
	settle();
	EXPECT_EQ(arena_used(1) + arena_used(2), 0);
	world_destroy(&world);
}

static void a_closed_part_is_taken_back_for_another(void)
{
	struct channel *a, *b, *c[2];
	const void *first, *second;

	/* behind another, so that its head is not the next one's */
	open_bulk(&c[0], &c[1]);
	open_two(&a, &b);
	sends(a, 1000, 1);
	sends(a, 1000, 2);
	sends(a, 1000, 3);
	first = gets(b, 1000, 1);
	second = gets(b, 1000, 2);
	channel_close(c[0]);
	channel_close(a);
	settle();
	channel_close(c[1]);
	open_plain(&c[0], &c[1]);
	EXPECT_EQ(services[1].stats.reclaimed, 0);
	EXPECT_EQ(channel_bulk_open(c[0], ARENA - HEAD), 0);
	EXPECT_EQ(services[1].stats.reclaimed, 1);
	/* from now on, before it is written to */
	EXPECT_EQ(channel_bulk_release(b, second), -ESTALE);
	EXPECT_EQ(channel_bulk_open(c[1], 0), 0);
	settle();
	sends(c[0], ARENA - HEAD, 9);
	EXPECT_EQ(channel_bulk_release(b, first), -ESTALE);
	EXPECT_EQ(receive_error(b), -ESTALE);
	EXPECT_EQ(receive_error(b), -EPIPE);
	channel_close(b);
	settle();
	/* what came too late is for nobody any more */
	EXPECT(services[1].stats.stale > 0);
	services[1].stats.stale = 0;
	gets_and_releases(c[1], ARENA - HEAD, 9);
	close_both(c[0], c[1]);
	end();
}

static void who_restarts_has_nothing_out(void)
{
	struct channel *a, *b;
	const void *first;
	u8 *buffer;

	open_bulk(&a, &b);
	sends(a, 1000, 1);
	sends(a, 1000, 2);
	sends(a, 1000, 3);
	first = gets(b, 1000, 1);
	/* it has gone, and its section is as it was */
	world_kill(&world, 1);
	settle();
	EXPECT_EQ(channel_bulk_release(b, first), 0);
	first = gets(b, 1000, 2);
	start(1);
	settle();
	EXPECT_EQ(channel_bulk_release(b, first), -ECONNRESET);
	EXPECT_EQ(receive_error(b), -ECONNRESET);
	EXPECT_EQ(begin_error(b, 1), -ECONNRESET);
	channel_close(b);
	/* the receiver restarts */
	open_two(&a, &b);
	sends(a, 1000, 1);
	buffer = begun(a, 1000);
	world_kill(&world, 2);
	start(2);
	settle();
	EXPECT_EQ(channel_bulk_commit(a, buffer, 1, 0, 0), -ECONNRESET);
	EXPECT_EQ(begin_error(a, 1), -ECONNRESET);
	channel_close(a);
	EXPECT_EQ(arena_used(1), 0);
	/* the receiver of what is closed already */
	open_two(&a, &b);
	sends(a, 1000, 1);
	channel_close(a);
	settle();
	EXPECT_EQ(arena_used(1), PART + HEAD);
	world_kill(&world, 2);
	start(2);
	settle();
	EXPECT_EQ(arena_used(1) + arena_used(2), 0);
	end();
}

/* No room to say so at once. */
static void a_release_waits_for_room(void)
{
	struct channel *a, *b, *c[2];
	u8 text[4 * CHANNEL_BLOCK] = { 0 };
	const void *got;
	u32 n;

	open_bulk(&a, &b);
	open_two(&c[0], &c[1]);
	sends(a, 1000, 1);
	sends(a, 1000, 2);
	got = gets(b, 1000, 1);
	for (u32 size = sizeof(text); size; size /= 2)
		while (!channel_send(c[1], text, size, 0) || !channel_send(b, text, size, 0))
			;
	EXPECT_EQ(channel_bulk_release(b, got), 0);
	channel_poll(&services[2]);
	EXPECT_EQ(a->bulk->count, 2);
	settle();
	EXPECT_EQ(a->bulk->count, 1);
	for (n = 0; n < 20; n++) {
		while (channel_receive(c[0], text, sizeof(text), 0) >= 0)
			;
		settle();
	}
	gets_and_releases(b, 1000, 2);
	EXPECT_EQ(a->bulk->count, 0);
	channel_close(c[0]);
	settle();
	channel_close(c[1]);
	close_both(a, b);
	end();
}

static void checksums(void)
{
	static const u8 zeros[32];
	u8 ones[32];

	/* of RFC 3720, B.4 */
	memset(ones, 0xff, sizeof(ones));
	EXPECT_EQ(channel_crc32c("123456789", 9), 0xe3069283);
	EXPECT_EQ(channel_crc32c(zeros, sizeof(zeros)), 0x8a9136aa);
	EXPECT_EQ(channel_crc32c(ones, sizeof(ones)), 0x62a8ab43);
	EXPECT_EQ(channel_crc32c("", 0), 0);
}

static void a_checksum_finds_what_has_changed(void)
{
	u8 text[1000], copy[1000];
	struct channel_bulk_data block;
	struct channel *a, *b;
	u8 *buffer;
	u64 done;

	open_bulk(&a, &b);
	fill(text, sizeof(text), 5);
	for (u32 flips = 0; flips < 2; flips++) {
		done = 0;
		EXPECT_EQ(channel_bulk_send(a, text, sizeof(text), &done, CHANNEL_BULK_CHECK, 0),
			  0);
		settle();
		/* the first block of the part */
		world.sections[LARGE_SECTION + a->bulk->part + HEAD + 77] ^= (u8)flips;
		done = 0;
		EXPECT_EQ(channel_bulk_read(b, copy, sizeof(copy), &done, 0), flips ? -EBADMSG : 0);
		EXPECT_EQ(done, flips ? 0 : sizeof(copy));
		settle();
	}
	buffer = begun(a, 100);
	fill(buffer, 100, 1);
	EXPECT_EQ(channel_bulk_commit(a, buffer, 100, CHANNEL_BULK_CHECK, 0), 0);
	settle();
	EXPECT_EQ(channel_bulk_receive(b, &block, 0), 0);
	EXPECT(block.checked);
	EXPECT_EQ(block.checksum, channel_crc32c(block.data, block.length));
	EXPECT_EQ(channel_bulk_release(b, block.data), 0);
	settle();
	close_both(a, b);
	end();
}

static void what_is_larger_goes_in_pieces(void)
{
	static u8 from[20 * PART], to[20 * PART];
	struct channel *a, *b;
	u64 sent, got;
	int out, in;

	open_bulk(&a, &b);
	for (u32 length = 1; length < sizeof(from); length = length * 3 + 11) {
		fill(from, length, length);
		sent = got = 0;
		do {
			out = channel_bulk_send(a, from, length, &sent, CHANNEL_BULK_CHECK, 0);
			EXPECT(!out || out == -ETIMEDOUT || (out == -EINVAL && sent == length));
			channel_poll(&services[2]);
			if (length > 1 && !got)
				EXPECT_EQ(channel_bulk_read(b, to, length - 1, &got, 0), -EMSGSIZE);
			in = channel_bulk_read(b, to, length, &got, 0);
			EXPECT(!in || in == -ETIMEDOUT);
		} while (in == -ETIMEDOUT);
		EXPECT_EQ(sent, length);
		EXPECT_EQ(got, length);
		EXPECT(is_filled(to, length, length));
		settle();
	}
	close_both(a, b);
	end();
}

/* To wake the other side for each half of a small one is not worth it. */
static void only_large_parts_go_by_halves(void)
{
	static u8 from[2 * PART];
	struct channel_bulk_data block = { 0 };
	struct channel *a, *b;
	u64 sent;

	for (u32 part = PART / 4; part <= PART; part *= 4) {
		begin();
		listener = NULL;
		open_plain(&a, &b);
		EXPECT_EQ(channel_bulk_open(a, part), 0);
		EXPECT_EQ(channel_bulk_open(b, 0), 0);
		settle();
		sent = 0;
		EXPECT_EQ(channel_bulk_send(a, from, sizeof(from), &sent, 0, 0), -ETIMEDOUT);
		EXPECT_EQ(sent, part);
		settle();
		EXPECT_EQ(channel_bulk_receive(b, &block, 0), 0);
		EXPECT_EQ(block.length, part < PART ? part : part / 2);
		EXPECT_EQ(channel_bulk_release(b, block.data), 0);
		world_destroy(&world);
	}
}

/* Peers that go round what their own library sees to. */

static u32 violations;

/* Peer 1's last frame cannot be: its channel ends, and all is given back. */
static void is_over(struct channel *a, struct channel *b)
{
	settle();
	EXPECT_EQ(b->state, CHANNEL_CLOSED);
	EXPECT_EQ(b->reason, -EPROTO);
	EXPECT_EQ(services[2].stats.violations, ++violations);
	EXPECT_EQ(channel_send(a, "x", 1, 0), -EPROTO);
	channel_close(a);
	settle();
	channel_close(b);
	settle();
	EXPECT_EQ(arena_used(1) + arena_used(2), 0);
	EXPECT_EQ(services[2].pool.left, FEW_BLOCKS);
}

static void ends(bool opened, u32 kind, const void *frame, u32 length)
{
	struct channel *a, *b;

	open_plain(&a, &b);
	EXPECT_EQ(channel_bulk_open(b, PART), 0);
	if (opened)
		EXPECT_EQ(channel_bulk_open(a, PART), 0);
	settle();
	EXPECT_EQ(trunk_send(a, kind, frame, length), 0);
	is_over(a, b);
}

static void frames_that_cannot_be_end_the_channel(void)
{
	static const struct wire_bulk odd[] = {
		{ .offset = PART, .length = 1 },
		{ .offset = 64, .length = PART - 63 },
		{ .offset = 0xffffffc0, .length = 0x80 },
		{ .offset = 8, .length = 1 },
		{ .offset = 0, .length = 0 },
	};
	static const struct wire_bulk_open opens[] = {
		{ 0, ~0U, 4096, 64 },
		{ 8, ~0U, 4100, 64 },
		{ 8, ~0U, 4096, 65 },
		{ 8, ~0U, LARGE_SECTION - 64, 64 },
		{ 8, ~0U, 0xffffffc0, 64 },
		{ 8, ~0U, 64, 0xffffffc0 },
		{ 8, ~0U, 0, LARGE_SECTION },
	};
	static const u32 released[] = { 0, 64, 0xffffffff };
	static const struct wire_bulk good = { .offset = 128, .length = 128 };
	u32 n;

	begin();
	listener = NULL;
	violations = 0;
	for (n = 0; n < ARRAY_SIZE(odd); n++)
		ends(true, WIRE_BULK, &odd[n], sizeof(odd[n]));
	for (n = 0; n < ARRAY_SIZE(opens); n++)
		ends(false, WIRE_BULK_OPEN, &opens[n], sizeof(opens[n]));
	for (n = 0; n < ARRAY_SIZE(released); n++)
		ends(true, WIRE_RELEASE, &released[n], sizeof(released[n]));
	ends(false, WIRE_BULK, &good, sizeof(good));
	ends(true, WIRE_BULK, &good, sizeof(good) - 1);
	ends(true, WIRE_BULK_OPEN, &opens[1], sizeof(opens[1]));
	world_destroy(&world);
}

static void blocks_that_are_out_already_end_the_channel(void)
{
	static const struct wire_bulk good = { .offset = 128, .length = 128 },
				      beside = { .offset = 192, .length = 1 };
	struct channel *a, *b;

	begin();
	listener = NULL;
	violations = 0;
	/* not received yet; then received, and not released */
	for (u32 n = 0; n < 2; n++) {
		open_two(&a, &b);
		EXPECT_EQ(trunk_send(a, WIRE_BULK, &good, sizeof(good)), 0);
		settle();
		if (n)
			EXPECT_EQ(receive_error(b), 0);
		EXPECT_EQ(trunk_send(a, WIRE_BULK, &beside, sizeof(beside)), 0);
		is_over(a, b);
	}
	/* more than it takes */
	open_two(&a, &b);
	for (u32 n = 0; n <= CHANNEL_BULK_BLOCKS; n++) {
		const struct wire_bulk next = { .offset = 64 * n, .length = 64 };

		EXPECT_EQ(b->state, CHANNEL_OPEN);
		EXPECT_EQ(trunk_send(a, WIRE_BULK, &next, sizeof(next)), 0);
		settle();
	}
	is_over(a, b);
	world_destroy(&world);
}

static void nobody_releases_for_another(void)
{
	struct channel *a, *b, *evil;

	open_bulk(&a, &b);
	start(3);
	sends(a, 100, 1);
	EXPECT_EQ(channel_listen(&services[1], "trap", 1, &evil), 0);
	settle();
	EXPECT_EQ(channel_connect(&services[3], "trap", WIDE, true, &evil), 0);
	settle();
	evil->other = a->handle;
	evil->peer = 1;
	EXPECT_EQ(trunk_send(evil, WIRE_RELEASE, &(u32){ 0 }, sizeof(u32)), 0);
	settle();
	EXPECT_EQ(a->bulk->count, 1);
	/* nor when it is closed */
	channel_close(a);
	EXPECT_EQ(trunk_send(evil, WIRE_RELEASE, &(u32){ 0 }, sizeof(u32)), 0);
	EXPECT_EQ(trunk_send(evil, WIRE_END, &(u32){ 0 }, sizeof(u32)), 0);
	settle();
	EXPECT_EQ(arena_used(1), PART + HEAD);
	EXPECT_EQ(services[1].stats.stale, 3);
	gets_and_releases(b, 100, 1);
	EXPECT_EQ(arena_used(1), 0);
	world_destroy(&world);
}

/* Random use, with restarts of everybody */

#define LIVE	6
#define ROUNDS	40000

struct numbered {
	u32 cookie;
	u32 number;
	u32 length;
};

static struct user {
	struct channel *listener;
	struct channel *channels[LIVE];
	u32 cookie[LIVE], sent[LIVE], from[LIVE], next[LIVE];
	const void *held[LIVE][CHANNEL_BULK_BLOCKS];
	void *filling[LIVE];
} users[PEERS];
static u32 cookies, exchanged;
static bool hostile;	/* peer 3 is not to be believed */

static void user_starts(u32 peer)
{
	start(peer);
	memset(&users[peer], 0, sizeof(users[peer]));
	channel_listen(&services[peer], peer == 1 ? "p1" : peer == 2 ? "p2" : "p3", 8,
		       &users[peer].listener);
}

static void user_opens(struct user *user, u32 peer, u32 n, u64 *seed)
{
	static const char *const names[] = { "p1", "p2", "p3" };
	struct channel *c;
	int ret;

	if (random_next(seed) % 2)
		ret = channel_accept(user->listener, WIDE, 0, &c);
	else
		ret = channel_connect(&services[peer], names[random_next(seed) % 3], WIDE,
				      random_next(seed) % 2, &c);
	if (ret)
		return;
	ret = channel_bulk_open(c, (u32)(random_next(seed) % (2 * PART)));
	EXPECT(!ret || ret == -ENOMEM || ret == -ENFILE || c->state == CHANNEL_CLOSED);
	if (ret) {
		channel_close(c);
		return;
	}
	user->channels[n] = c;
	user->cookie[n] = ++cookies;
	user->sent[n] = user->from[n] = user->next[n] = 0;
	memset(user->held[n], 0, sizeof(user->held[n]));
	user->filling[n] = NULL;
}

static void user_closes(struct user *user, u32 n)
{
	channel_close(user->channels[n]);
	user->channels[n] = NULL;
}

static void user_sends(struct user *user, u32 n, u64 *seed)
{
	struct channel *c = user->channels[n];
	struct numbered m = { user->cookie[n], user->sent[n], 0 };
	int ret;

	m.length = 12 + (u32)(random_next(seed) % PART);
	if (random_next(seed) % 4 == 0) {
		ret = channel_send(c, &m, sizeof(m), 0);
		user->sent[n] += !ret;
	} else if (!user->filling[n]) {
		ret = channel_bulk_begin(c, m.length, &user->filling[n], 0);
		if (ret == -EMSGSIZE)
			ret = 0;
	} else if (random_next(seed) % 16 == 0) {
		ret = channel_bulk_release(c, user->filling[n]);
		EXPECT_EQ(ret, 0);
		user->filling[n] = NULL;
	} else {
		m.length = 12;
		memcpy(user->filling[n], &m, sizeof(m));
		ret = channel_bulk_commit(c, user->filling[n], m.length,
					  random_next(seed) % 2 ? CHANNEL_BULK_CHECK : 0, 0);
		user->sent[n] += !ret;
		if (!ret)
			user->filling[n] = NULL;
	}
	if (ret && ret != -ETIMEDOUT)
		user_closes(user, n);
}

static void user_checks(struct user *user, u32 n, const struct numbered *m)
{
	if (hostile && user->channels[n]->peer == 3)
		return;
	exchanged++;
	EXPECT(!user->from[n] || user->from[n] == m->cookie);
	EXPECT_EQ(m->number, user->next[n]);
	user->from[n] = m->cookie;
	user->next[n]++;
}

static void user_receives(struct user *user, u32 n)
{
	struct channel *c = user->channels[n];
	struct channel_bulk_data block;
	struct numbered m = { 0 };
	u32 k = 0;
	int ret = channel_receive(c, &m, sizeof(m), 0);

	if (ret == -ENOMSG) {
		ret = channel_bulk_receive(c, &block, 0);
		if (!ret)
			memcpy(&m, block.data, sizeof(m));
		while (!ret && user->held[n][k])
			k++;
		/* valid, and was so while it was read */
		if (!ret)
			user->held[n][k] = block.data;
	}
	if (ret >= 0)
		user_checks(user, n, &m);
	else if (ret != -ETIMEDOUT && ret != -EMSGSIZE)
		user_closes(user, n);
}

static void user_releases(struct user *user, u32 n, u64 *seed)
{
	u32 k = (u32)(random_next(seed) % CHANNEL_BULK_BLOCKS);
	int ret;

	if (!user->held[n][k])
		return;
	ret = channel_bulk_release(user->channels[n], user->held[n][k]);
	EXPECT(!ret || ret == -ESTALE || ret == -ECONNRESET);
	user->held[n][k] = NULL;
}

static void user_acts(u32 peer, u64 *seed)
{
	struct user *user = &users[peer];
	u32 n = (u32)(random_next(seed) % LIVE);
	u32 what = (u32)(random_next(seed) % 64);

	if (!user->channels[n])
		user_opens(user, peer, n, seed);
	else if (what == 0)
		user_closes(user, n);
	else if (what < 28)
		user_sends(user, n, seed);
	else if (what < 46)
		user_receives(user, n);
	else
		user_releases(user, n, seed);
}

static void scribble(u64 *seed)
{
	u8 *section = world.sections + 3 * LARGE_SECTION;
	u32 at = (u32)(random_next(seed) % (LARGE_SECTION / 4));

	/* ports and their indices; rings and heads of parts; or anything */
	if (random_next(seed) % 3 == 0)
		at %= 4096 / 4;
	else if (random_next(seed) % 2)
		at = (LARGE_SECTION - ARENA - 32768) / 4 + at % (65536 / 4);
	store((u32 *)(void *)section + at,
	      random_next(seed) % 2 ? (u32)(random_next(seed) % 24) : (u32)random_next(seed));
}

static const struct users all = { .rounds = ROUNDS, .start = user_starts, .act = user_acts };
static const struct users with_a_hostile_one = {
	.rounds = ROUNDS, .start = user_starts, .act = user_acts, .scribble = scribble,
};

/* When all is over, all of each arena is free. */
static void all_is_given_back(void)
{
	for (u32 peer = 1; peer < PEERS; peer++) {
		for (u32 n = 0; n < LIVE; n++)
			if (users[peer].channels[n])
				user_closes(&users[peer], n);
		channel_close(users[peer].listener);
	}
	settle();
	for (u32 peer = 1; peer < PEERS; peer++) {
		EXPECT_EQ(services[peer].pool.left, FEW_BLOCKS);
		EXPECT_EQ(arena_used(peer), 0);
		EXPECT_EQ(services[peer].stats.violations, 0);
	}
}

static void random_use(void)
{
	hostile = false;
	exchanged = 0;
	take_turns(&all, 0x5eed, 0);
	settle();
	all_is_given_back();
	EXPECT(exchanged > 1000);
	world_destroy(&world);
}

static void restarts_of_everybody(void)
{
	hostile = false;
	exchanged = 0;
	for (u64 seed = 1; seed < 6; seed++) {
		take_turns(&all, seed * 0x9e3779b97f4a7c15ULL, 300);
		settle();
		all_is_given_back();
		world_destroy(&world);
	}
	EXPECT(exchanged > 2500);
}

/* It harms its own channels only; those of the others lose nothing. */
static void a_peer_that_scribbles(void)
{
	u64 odd = 0;

	hostile = true;
	exchanged = 0;
	for (u64 seed = 1; seed < 6; seed++) {
		take_turns(&with_a_hostile_one, seed * 0x9e3779b97f4a7c15ULL, 0);
		for (u32 peer = 1; peer < 3; peer++)
			odd += services[peer].stats.violations +
			       world.links[peer].link.stats.violations;
		world_destroy(&world);
	}
	EXPECT(odd);
	EXPECT(exchanged > 1000);
}

/* Threads */

#define LARGE	(4U << 20)
#define TURNS	200

static struct channel *accepted;

static void *takes(void *to)
{
	struct channel_bulk_data block;
	struct channel *c;
	u64 done = 0;
	u32 n;

	EXPECT_EQ(channel_listen(&services[2], "bulk", 1, &listener), 0);
	EXPECT_EQ(channel_accept(listener, WIDE, LIBCELL_FOREVER, &c), 0);
	EXPECT_EQ(channel_bulk_open(c, 0), 0);
	EXPECT_EQ(channel_bulk_read(c, to, LARGE, &done, LIBCELL_FOREVER), 0);
	for (n = 0; n < TURNS; n++) {
		EXPECT_EQ(channel_bulk_receive(c, &block, LIBCELL_FOREVER), 0);
		EXPECT(is_filled(block.data, block.length, n));
		EXPECT_EQ(channel_bulk_release(c, block.data), 0);
	}
	EXPECT_EQ(channel_bulk_receive(c, &block, LIBCELL_FOREVER), -EPIPE);
	accepted = c;
	return to;
}

static void threads_pass_blocks(void)
{
	static u8 from[LARGE], to[LARGE];
	pthread_t taking;
	struct channel *c;
	void *buffer;
	u64 done = 0;
	u32 n, length;

	begin();
	world.no_wait = false;
	manage_begin();
	pthread_create(&taking, NULL, takes, to);
	EXPECT_EQ(channel_connect(&services[1], "bulk", WIDE, true, &c), 0);
	EXPECT_EQ(channel_bulk_open(c, 65536), 0);
	EXPECT_EQ(channel_await(c, LIBCELL_FOREVER), 0);
	fill(from, LARGE, 3);
	EXPECT_EQ(channel_bulk_send(c, from, LARGE, &done, CHANNEL_BULK_CHECK, LIBCELL_FOREVER),
		  0);
	for (n = 0; n < TURNS; n++) {
		length = 1 + n * 331 % 65536;
		EXPECT_EQ(channel_bulk_begin(c, length, &buffer, LIBCELL_FOREVER), 0);
		fill(buffer, length, n);
		EXPECT_EQ(channel_bulk_commit(c, buffer, length, 0, LIBCELL_FOREVER), 0);
	}
	channel_close(c);
	EXPECT_EQ(channel_flush(&services[1], LIBCELL_FOREVER), 0);
	pthread_join(taking, NULL);
	manage_end();
	EXPECT(is_filled(to, LARGE, 3));
	/* the manager's word of the close has come: none is stale */
	settle();
	channel_close(accepted);
	settle();
	EXPECT_EQ(arena_used(1), 0);
	end();
}

static const struct test tests[] = {
	TEST(blocks_are_read_where_they_are_made),
	TEST(blocks_and_messages_keep_their_order),
	TEST(a_block_can_be_all_of_the_arena),
	TEST(blocks_come_back_in_any_order),
	TEST(wrong_use_has_an_error),
	TEST(who_has_just_opened_can_send),
	TEST(functions_are_called_for_bulk),
	TEST(the_other_side_says_what_it_takes),
	TEST(only_so_many_have_bulk),
	TEST(who_never_releases_stops_only_its_own),
	TEST(what_was_sent_outlives_the_close),
	TEST(a_closed_part_is_taken_back_for_another),
	TEST(who_restarts_has_nothing_out),
	TEST(a_release_waits_for_room),
	TEST(checksums),
	TEST(a_checksum_finds_what_has_changed),
	TEST(what_is_larger_goes_in_pieces),
	TEST(only_large_parts_go_by_halves),
	TEST(frames_that_cannot_be_end_the_channel),
	TEST(blocks_that_are_out_already_end_the_channel),
	TEST(nobody_releases_for_another),
	TEST(random_use),
	TEST(restarts_of_everybody),
	TEST(a_peer_that_scribbles),
	TEST(threads_pass_blocks),
};

int main(void)
{
	section_size = LARGE_SECTION;
	num_channels = FEW_CHANNELS;
	num_entries = 3 * FEW_CHANNELS;
	num_blocks = FEW_BLOCKS;
	arena = ARENA;
	return tests_run(tests, ARRAY_SIZE(tests));
}
